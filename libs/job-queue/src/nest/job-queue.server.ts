import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { BaseRpcContext, type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { context, type Link, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { lastValueFrom, type Observable, throwError } from 'rxjs';
import type { Delivery } from '../delivery.ts';
import type { JobConsumer } from '../job-consumer.ts';
import { GROUP, PARSE } from '../queue-keys.ts';
import type { Settlement } from '../settlement.ts';
import { contextOf } from '../trace-parent.ts';

/** What a handler may ask of the message it got. */
export class JobContext extends BaseRpcContext<[Delivery]> {
  get delivery(): Delivery {
    return this.getArgs()[0];
  }
}

/** Nest's default filter replaces an error by a generic object before a transport sees it; this one keeps it. */
@Catch()
export class KeepErrorFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * The job queue as a Nest transport. It waits for what the handler returns, Observable or Promise, before the message is
 * settled, and opens the CONSUMER span under which all of the handler's work appears.
 */
export class JobQueueServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol.for('confscope.job-queue');
  override readonly propagatesEventHandlerErrors = true;
  readonly #consumer: JobConsumer;

  constructor(consumer: JobConsumer) {
    super();
    this.#consumer = consumer;
  }

  listen(callback: (error?: unknown) => void): void {
    const handler = this.getHandlerByPattern(PARSE) as MessageHandler<unknown, JobContext, Settlement> | null;
    if (!handler) {
      callback(
        new Error(`No handler is registered for "${PARSE}" jobs; a worker without one would only collect them.`),
      );
      return;
    }
    this.#consumer.start((delivery) => this.#process(delivery, handler));
    callback();
  }

  close(): Promise<void> {
    return this.#consumer.stop();
  }

  on(): never {
    throw new Error('The job queue has no transport events.');
  }

  unwrap<T = JobConsumer>(): T {
    return this.#consumer as T;
  }

  #process(delivery: Delivery, handler: MessageHandler<unknown, JobContext, Settlement>): Promise<Settlement> {
    const { job, queue, entryId } = delivery;
    const parent = contextOf(job.traceparent);
    const producer = trace.getSpanContext(parent);
    // Both parent and link: the link is what messaging conventions ask for, the parent is what trace viewers draw.
    const links: Link[] = producer ? [{ context: producer }] : [];
    const attributes = {
      'messaging.system': 'redis',
      'messaging.operation.type': 'process',
      'messaging.destination.name': `${PARSE}.${queue}`,
      'messaging.message.id': entryId,
      'messaging.message.conversation_id': String(job.runId),
      'messaging.consumer.group.name': GROUP,
    };
    const span = trace
      .getTracer('job-queue')
      .startSpan(`process ${PARSE}.${queue}`, { kind: SpanKind.CONSUMER, links, attributes }, parent);
    return context.with(trace.setSpan(parent, span), async () => {
      try {
        const reply = this.transformToObservable(await handler(job, new JobContext([delivery])));
        return (await lastValueFrom(reply)) as Settlement;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }
}
