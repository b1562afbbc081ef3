import type { JobEnvelope } from '@confscope/domain';
import type { Redis } from 'ioredis';
import { encodeJob } from './job-codec.ts';
import { DELAYED_KEY, streamKey } from './queue-keys.ts';
import { connectRedis } from './redis-connection.ts';
import { delayScript } from './queue-scripts.ts';

/** Puts jobs into the dispatch index. A job that is put twice is harmless; the second claim gets nothing. */
export class JobProducer {
  readonly #redis: Redis;

  constructor(url: string, name: string) {
    this.#redis = connectRedis(url, name);
  }

  connect(): Promise<void> {
    return this.#redis.status === 'wait' ? this.#redis.connect() : Promise.resolve();
  }

  /** Adds the job to the stream of its queue and returns the entry's id. Work streams are never trimmed. */
  async enqueue(job: JobEnvelope): Promise<string> {
    const id = await this.#redis.xadd(streamKey(job.queue), '*', 'job', encodeJob(job));
    if (id === null) throw new Error('Redis did not add the entry.');
    return id;
  }

  /** Adds the job to the stream of its queue when the delay is over. */
  async enqueueLater(job: JobEnvelope, delayMs: number): Promise<void> {
    await delayScript.run(this.#redis, [DELAYED_KEY], [encodeJob(job), Math.ceil(delayMs)]);
  }

  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  /** The connection itself, for the health of the server. */
  get redis(): Redis {
    return this.#redis;
  }

  close(): void {
    this.#redis.disconnect();
  }
}
