import { type JobEnvelope, QUEUES } from '@confscope/domain';
import type { Redis } from 'ioredis';
import { encodeJob } from './job-codec.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';
import { clearScript, delayScript } from './queue-scripts.ts';
import { connectRedis } from './redis-connection.ts';

/** Most entries that one call removes from a stream: a script keeps everybody else waiting. */
const CLEAR_ENTRIES = 1000;

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

  /** Adds many jobs, each now or when its delay is over; one round trip for all of them. */
  async enqueueAll(jobs: readonly { job: JobEnvelope; delayMs: number }[]): Promise<void> {
    await Promise.all(
      jobs.map(({ job, delayMs }) => (delayMs > 0 ? this.enqueueLater(job, delayMs) : this.enqueue(job))),
    );
  }

  /** Removes every job that no worker holds, and returns how many there were; whatever of them waits in PostgreSQL has to be put anew. */
  async clear(): Promise<number> {
    const keys = [DELAYED_KEY, ...QUEUES.map(streamKey)];
    let removed = 0;
    for (;;) {
      const more = (await clearScript.run(this.#redis, keys, [GROUP, CLEAR_ENTRIES])) as number;
      if (more === 0) return removed;
      removed += more;
    }
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
