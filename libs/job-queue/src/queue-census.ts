import { QUEUES, type QueueName } from '@confscope/domain';
import type { Redis } from 'ioredis';
import { decodeJob } from './job-codec.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';

const PAGE_ENTRIES = 1000;

/** How much a queue holds. */
export interface QueueDepth {
  /** Messages that no worker has read. */
  ready: number;
  /** Messages in the hands of workers. */
  running: number;
  /** When the oldest message that no worker has read was added, in ms since the epoch. */
  oldestReadyAt: number | null;
}

/** The depth of one queue; all zero when Redis was emptied. */
export async function queueDepth(redis: Redis, queue: QueueName): Promise<QueueDepth> {
  const stream = streamKey(queue);
  const length = await redis.xlen(stream);
  if (length === 0) return { ready: 0, running: 0, oldestReadyAt: null };
  const groups = (await redis.xinfo('GROUPS', stream)) as (string | number)[][];
  const group = groups.map(fieldsOf).find((info) => info['name'] === GROUP);
  const running = Number(group?.['pending'] ?? 0);
  const from = group ? `(${group['last-delivered-id']}` : '-';
  const [oldest] = await redis.xrange(stream, from, '+', 'COUNT', 1);
  return {
    // Entries are deleted when they are settled, so what a stream holds is either unread or pending.
    ready: Math.max(0, length - running),
    running,
    oldestReadyAt: oldest ? Number(oldest[0].split('-')[0]) : null,
  };
}

/** How many jobs wait for their time, by queue. */
export async function delayedJobs(redis: Redis): Promise<Record<QueueName, number>> {
  const counts: Record<QueueName, number> = { high: 0, default: 0, low: 0 };
  for (const payload of (await delayedPayloads(redis)).keys()) {
    const job = decodeJob(payload);
    if (job) counts[job.queue]++;
  }
  return counts;
}

/** How many messages the dispatch index holds, delayed ones included. */
export async function indexSize(redis: Redis): Promise<number> {
  const sizes = await Promise.all([...QUEUES.map((queue) => redis.xlen(streamKey(queue))), redis.zcard(DELAYED_KEY)]);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What the dispatch index holds of a task. */
export interface DispatchedTask {
  /** Time until the first of its messages is due, by the clock of Redis; 0 for one that is in a queue. */
  waitMs: number;
  /** Its messages that wait for their time, as they are stored. */
  delayed: Set<string>;
}

/**
 * All tasks that have a message in the dispatch index, by id. Delayed jobs are read before the queues and after them: a
 * job may become due meanwhile, or be put off.
 */
export async function dispatchedTasks(redis: Redis): Promise<Map<string, DispatchedTask>> {
  const tasks = new Map<string, DispatchedTask>();
  const [seconds, microseconds] = await redis.time();
  const now = Number(seconds) * 1000 + Number(microseconds) / 1000;
  const add = (payload: string | undefined, waitMs: number): DispatchedTask | undefined => {
    const job = decodeJob(payload);
    if (!job) return undefined;
    const task = tasks.get(job.taskId) ?? { waitMs, delayed: new Set() };
    task.waitMs = Math.min(task.waitMs, waitMs);
    tasks.set(job.taskId, task);
    return task;
  };
  const addDelayed = async (): Promise<void> => {
    for (const [payload, due] of await delayedPayloads(redis))
      add(payload, Math.max(0, due - now))?.delayed.add(payload);
  };
  await addDelayed();
  for (const queue of QUEUES) for await (const payload of queuedPayloads(redis, queue)) add(payload, 0);
  await addDelayed();
  return tasks;
}

/** Payloads with the times at which they are due. A scan, because pages by rank miss jobs when others become due. */
async function delayedPayloads(redis: Redis): Promise<Map<string, number>> {
  const payloads = new Map<string, number>();
  for (let cursor = '0'; ;) {
    const [next, page] = await redis.zscan(DELAYED_KEY, cursor, 'COUNT', PAGE_ENTRIES);
    for (let i = 0; i < page.length; i += 2) payloads.set(page[i] ?? '', Number(page[i + 1]));
    if (next === '0') return payloads;
    cursor = next;
  }
}

async function* queuedPayloads(redis: Redis, queue: QueueName): AsyncGenerator<string | undefined> {
  for (let from = '-'; ;) {
    const entries = await redis.xrange(streamKey(queue), from, '+', 'COUNT', PAGE_ENTRIES);
    for (const [, fields] of entries) yield fields[1];
    const last = entries.at(-1);
    if (!last || entries.length < PAGE_ENTRIES) return;
    from = `(${last[0]}`;
  }
}

function fieldsOf(flat: (string | number)[]): Record<string, string | number> {
  return Object.fromEntries(flat.flatMap((value, i) => (i % 2 === 0 ? [[String(value), flat[i + 1] ?? '']] : [])));
}
