import type { JobEnvelope } from '@confscope/domain';
import { type OnApplicationShutdown } from '@nestjs/common';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { JobProducer } from '../job-producer.ts';

/** The dispatch index for Nest: `emit('parse', envelope)` resolves with the entry's id once Redis holds it. */
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
    return (await this.#producer.enqueue(packet.data)) as T;
  }
}
