import type { JobEnvelope } from '@confscope/domain';
import { type OnApplicationShutdown } from '@nestjs/common';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Redis } from 'ioredis';
import { JobProducer } from '../job-producer.ts';
import { contextOf, currentTraceparent } from '../trace-parent.ts';
import { context } from '@opentelemetry/api';

/**
 * The dispatch index for Nest: `emit('parse', envelope)` resolves with the entry's id once Redis holds it. It opens the
 * PRODUCER span of the hop, a child of the run's own trace, and sends that span's context along.
 */
export class JobQueueClient extends ClientProxy implements OnApplicationShutdown {
  readonly #producer: JobProducer;

  constructor(url: string, name: string) {
    super();
    this.#producer = new JobProducer(url, name);
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  close(): void {
    this.#producer.close();
  }

  onApplicationShutdown(): void {
    this.close();
  }

  /** The queue itself, for what is no message: clearing it, filling it anew. */
  get producer(): JobProducer {
    return this.#producer;
  }

  ping(): Promise<void> {
    return this.#producer.ping();
  }

  unwrap<T = Redis>(): T {
    return this.#producer.redis as T;
  }

  protected publish(_packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    callback({ err: new Error('The job queue has no replies: use emit().') });
    return () => undefined;
  }

  protected async dispatchEvent<T>(packet: ReadPacket<JobEnvelope>): Promise<T> {
    const job = packet.data;
    const name = `send ${String(packet.pattern)}.${job.queue}`;
    const parent = trace.getActiveSpan() ? context.active() : contextOf(job.traceparent);
    const attributes = {
      'messaging.system': 'redis',
      'messaging.operation.type': 'send',
      'messaging.destination.name': `${String(packet.pattern)}.${job.queue}`,
      'messaging.message.conversation_id': String(job.runId),
    };
    return trace
      .getTracer('job-queue')
      .startActiveSpan(name, { kind: SpanKind.PRODUCER, attributes }, parent, async (span) => {
        try {
          const id = await this.#producer.enqueue({ ...job, traceparent: currentTraceparent() ?? job.traceparent });
          span.setAttribute('messaging.message.id', id);
          return id as T;
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      });
  }
}
