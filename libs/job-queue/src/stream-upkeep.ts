import { setImmediate as afterReplies } from 'node:timers/promises';
import { QUEUES } from '@confscope/domain';
import type { Redis } from 'ioredis';
import type { HeldJobs } from './held-jobs.ts';
import { isGroupLost } from './job-source.ts';
import { GROUP, streamKey } from './queue-keys.ts';
import { tidyScript } from './queue-scripts.ts';

/** A message that was delivered just now may still be on its way to whoever asked for it. */
const ON_ITS_WAY_MS = 1_000;
const PAGE_ENTRIES = 100;

/** What has to be put right in the streams now and then, whoever left it behind. */
export class StreamUpkeep {
  readonly #redis: Redis;
  readonly #consumer: string;
  readonly #held: HeldJobs;

  constructor(redis: Redis, consumer: string, held: HeldJobs) {
    this.#redis = redis;
    this.#consumer = consumer;
    this.#held = held;
  }

  /**
   * Compares what Redis thinks we hold with what we do. A message that only Redis knows of was delivered into a
   * connection that broke, or into one that a frozen server answered too late; it is given up at once, and whoever has a
   * free slot takes it over.
   *
   * @returns how many there were
   */
  async releasePhantoms(): Promise<number> {
    let released = 0;
    for (const queue of QUEUES) {
      const pending = await this.#ownPending(streamKey(queue));
      // Answers arrive in the order of their questions: what was taken before has been entered by now.
      await afterReplies();
      for (const entryId of pending) {
        if (this.#held.knows({ queue, entryId })) continue;
        if (await this.#held.giveBack({ queue, entryId }, '', { kind: 'release' })) released++;
      }
    }
    return released;
  }

  /** Forgets the consumers that hold nothing and have not been heard of for this long; returns how many there were. */
  async forgetConsumers(idleMs: number): Promise<number> {
    return (await tidyScript.run(this.#redis, QUEUES.map(streamKey), [GROUP, idleMs])) as number;
  }

  async #ownPending(stream: string): Promise<string[]> {
    try {
      const rows = (await this.#redis.xpending(
        stream,
        GROUP,
        'IDLE',
        ON_ITS_WAY_MS,
        '-',
        '+',
        PAGE_ENTRIES,
        this.#consumer,
      )) as [string, string, number, number][];
      return rows.map(([entryId]) => entryId);
    } catch (error) {
      if (isGroupLost(error)) return [];
      throw error;
    }
  }
}
