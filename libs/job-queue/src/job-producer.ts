import { type JobEnvelope, QUEUES } from '@confscope/domain';
import { contextOf } from '@confscope/service-kit/tracing';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { ChainableCommander, Redis } from 'ioredis';
import { encodeJob } from './job-codec.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';
import { clearScript, delayScript } from './queue-scripts.ts';
import { connectRedis } from './redis-connection.ts';
import { sendSpan } from './send-span.ts';

/** Most entries that one call removes from a stream: a script keeps everybody else waiting. */
const CLEAR_ENTRIES = 1000;

/**
 * Puts jobs into the dispatch index. A job that is put twice is harmless; the second claim gets nothing. Each hop has its
 * PRODUCER span, whose context goes along.
 */
export class JobProducer {
  readonly #redis: Redis;

  constructor(url: string, name: string) {
    this.#redis = connectRedis(url, name);
  }

  connect(): Promise<void> {
    return this.#redis.status === 'wait' ? this.#redis.connect() : Promise.resolve();
  }

  /** Adds the job to the stream of its queue, on behalf of what is traced now, and returns the entry's id. */
  enqueue(job: JobEnvelope): Promise<string> {
    const parent = trace.getActiveSpan() ? context.active() : contextOf(job.traceparent);
    return sendSpan(job, parent, (sent) => this.#add(sent));
  }

  /** Adds many jobs, each now or when its delay is over, each in the trace of its run; one round trip for all of them. */
  async enqueueAll(jobs: readonly { job: JobEnvelope; delayMs: number }[]): Promise<void> {
    const together = this.#redis.pipeline();
    const added = jobs.map(({ job, delayMs }) =>
      sendSpan(job, contextOf(job.traceparent), (sent) =>
        delayMs > 0 ? this.#addLater(sent, delayMs) : this.#add(sent, together),
      ),
    );
    // All are entered by now. The write belongs to none of their traces: each has its own span.
    await Promise.all([context.with(ROOT_CONTEXT, () => together.exec()), ...added]);
  }

  /** Removes jobs that wait for their time, given as the index stores them. */
  async withdraw(payloads: readonly string[]): Promise<void> {
    if (payloads.length > 0) await this.#redis.zrem(DELAYED_KEY, ...payloads);
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

  /** Work streams are never trimmed. */
  #add(job: JobEnvelope, on: ChainableCommander | Redis = this.#redis): Promise<string> {
    return new Promise((resolve, reject) => {
      void on.xadd(streamKey(job.queue), '*', 'job', encodeJob(job), (error, id) => {
        if (typeof id === 'string') resolve(id);
        else reject(error ?? new Error('Redis did not add the entry.'));
      });
    });
  }

  async #addLater(job: JobEnvelope, delayMs: number): Promise<null> {
    await delayScript.run(this.#redis, [DELAYED_KEY], [encodeJob(job), Math.ceil(delayMs)]);
    return null;
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
