import { type JobEnvelope, QUEUES, type QueueName } from '@confscope/domain';
import type { Redis } from 'ioredis';
import type { MessagePlace } from './delivery.ts';
import { decodeJob } from './job-codec.ts';
import { GROUP, queueOfStream, streamKey } from './queue-keys.ts';
import { exchangeScript, silentScript } from './queue-scripts.ts';

/** Every so many jobs a starved one of any queue goes first. */
const AGEING_JOBS = 10;
/** More than any worker could take over in one turn. */
const MOST_SILENT = 100;

/** An entry of a stream, as read. `job` is null when it is not one of ours. */
export interface Entry extends MessagePlace {
  job: JobEnvelope | null;
}

/** A take: an entry, or the ids after which anything that comes is new. */
export type Taken = { kind: 'job'; entry: Entry } | { kind: 'empty'; lastIds: string[] };

type ExchangeReply = [jobs: [stream: string, entryId: string, fields: string[]][], lastIds: string[]];

/** True for the error Redis gives when a stream or its group is gone, after a flush or a failover to an empty server. */
export function isGroupLost(error: unknown): boolean {
  return error instanceof Error && /NOGROUP|no such key/i.test(error.message);
}

/**
 * True for an error that Redis answered with: it was there, and heard from the other workers. A server that loads its data,
 * or follows another one, hears nothing.
 */
export function isAnswer(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ReplyError' &&
    !/^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|UNBLOCKED)/.test(error.message)
  );
}

/** The streams as a place to take jobs from. */
export class JobSource {
  readonly #redis: Redis;
  readonly #consumer: string;
  readonly #starvedMs: number;
  #untilStarved = AGEING_JOBS - 1;

  constructor(redis: Redis, consumer: string, starvedMs: number) {
    this.#redis = redis;
    this.#consumer = consumer;
    this.#starvedMs = starvedMs;
  }

  /** Creates what is missing of streams and groups; true when something was. A group starts at 0, so that it misses nothing. */
  async ensureGroups(): Promise<boolean> {
    let created = false;
    for (const stream of QUEUES.map(streamKey)) {
      try {
        await this.#redis.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');
        created = true;
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
      }
    }
    return created;
  }

  /** Takes one job of these queues, most urgent first. */
  async take(queues: readonly QueueName[]): Promise<Taken> {
    const [[entry], lastIds] = await this.#exchange([], queues, 1);
    return entry ? { kind: 'job', entry } : { kind: 'empty', lastIds };
  }

  /**
   * Acknowledges deliveries that are done, as far as they are still ours, and takes jobs of these queues, most urgent first:
   * at most `most`. When it fails nobody knows what of it was carried out; to be acknowledged again does no harm.
   */
  async exchange(done: readonly MessagePlace[], queues: readonly QueueName[], most: number): Promise<Entry[]> {
    const [entries] = await this.#exchange(done, queues, most);
    return entries;
  }

  async #exchange(
    done: readonly MessagePlace[],
    queues: readonly QueueName[],
    most: number,
  ): Promise<[entries: Entry[], lastIds: string[]]> {
    const keys = [...queues, ...done.map(({ queue }) => queue)].map(streamKey);
    const ageing = [this.#untilStarved, AGEING_JOBS - 1, this.#starvedMs];
    const args = [GROUP, this.#consumer, most, ...ageing, ...done.map(({ entryId }) => entryId)];
    const [jobs, lastIds] = (await exchangeScript.run(this.#redis, keys, args)) as ExchangeReply;
    this.#untilStarved = (this.#untilStarved + AGEING_JOBS * jobs.length - jobs.length) % AGEING_JOBS;
    return [jobs.map(([stream, entryId, fields]) => entryOf(stream, entryId, fields)), lastIds];
  }

  /**
   * How many messages of these queues, most urgent first, have holders that were silent for a whole lease.
   *
   * @param everywhere also behind the first queue that holds a message which nobody has read
   */
  async silent(
    queues: readonly QueueName[],
    leaseMs: number,
    everywhere: boolean,
  ): Promise<{ queue: QueueName; count: number }[]> {
    if (queues.length === 0) return [];
    const args = [GROUP, leaseMs, MOST_SILENT, everywhere ? '1' : '0'];
    const counts = (await silentScript.run(this.#redis, queues.map(streamKey), args)) as number[];
    return queues.slice(0, counts.length).map((queue, i) => ({ queue, count: counts[i] ?? 0 }));
  }

  /** Takes over messages whose holder was silent for a whole lease: at most `limit`, from these queues. */
  async reclaim(queues: readonly QueueName[], leaseMs: number, limit: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const stream of queues.map(streamKey)) {
      let cursor = '0-0';
      do {
        const count = limit - entries.length;
        if (count <= 0) return entries;
        const reply = await this.#redis.xautoclaim(stream, GROUP, this.#consumer, leaseMs, cursor, 'COUNT', count);
        const [next, claimed] = reply as [string, [string, string[]][]];
        for (const [entryId, fields] of claimed) entries.push(entryOf(stream, entryId, fields));
        cursor = next;
      } while (cursor !== '0-0');
    }
    return entries;
  }
}

function entryOf(stream: string, entryId: string, fields: string[]): Entry {
  const queue = queueOfStream(stream);
  if (!queue) throw new Error(`Redis answered with a stream that was not asked for: ${stream}`);
  return { queue, entryId, job: decodeJob(fields[0] === 'job' ? fields[1] : undefined) };
}
