import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { BaseRpcContext, type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom, type Observable, throwError } from 'rxjs';
import type { Delivery } from '../delivery.ts';
import type { JobConsumer } from '../job-consumer.ts';
import { PARSE } from '../queue-keys.ts';
import type { Settlement } from '../settlement.ts';

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
 * settled.
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

  async #process(delivery: Delivery, handler: MessageHandler<unknown, JobContext, Settlement>): Promise<Settlement> {
    const reply = this.transformToObservable(await handler(delivery.job, new JobContext([delivery])));
    return (await lastValueFrom(reply)) as Settlement;
  }
}
