import type { QueueName } from '@confscope/domain';
import type { Redis } from 'ioredis';
import { decodeJob } from './job-codec.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';

const PAGE_ENTRIES = 1000;

/** Where the message of a task is in the dispatch index. */
export type TaskPlace =
  /** No worker has read it yet; `position` counts from 1. */
  | { kind: 'ready'; entry_id: string; position: number }
  | { kind: 'held'; entry_id: string; consumer: string; idle_seconds: number; deliveries: number }
  | { kind: 'delayed'; due_at: string }
  | { kind: 'absent' };

/** Looks for the message of a task. It reads the queue from its start: for people who ask about one run, not for loops. */
export async function locateTask(redis: Redis, queue: QueueName, taskId: string): Promise<TaskPlace> {
  return (await inStream(redis, queue, taskId)) ?? (await inDelayed(redis, taskId)) ?? { kind: 'absent' };
}

async function inStream(redis: Redis, queue: QueueName, taskId: string): Promise<TaskPlace | null> {
  const stream = streamKey(queue);
  const pending = await pendingOf(redis, stream);
  let position = 0;
  for (let from = '-'; ;) {
    const entries = await redis.xrange(stream, from, '+', 'COUNT', PAGE_ENTRIES);
    for (const [entryId, fields] of entries) {
      const holder = pending.get(entryId);
      if (!holder) position++;
      if (decodeJob(fields[1])?.taskId !== taskId) continue;
      return holder ? { kind: 'held', entry_id: entryId, ...holder } : { kind: 'ready', entry_id: entryId, position };
    }
    const last = entries.at(-1);
    if (!last || entries.length < PAGE_ENTRIES) return null;
    from = `(${last[0]}`;
  }
}

interface Holder {
  consumer: string;
  idle_seconds: number;
  deliveries: number;
}

/** Who holds what; nobody does when the group is gone. */
async function pendingOf(redis: Redis, stream: string): Promise<Map<string, Holder>> {
  if ((await redis.exists(stream)) === 0) return new Map();
  const groups = (await redis.xinfo('GROUPS', stream)) as unknown[][];
  if (!groups.some((info) => info.includes(GROUP))) return new Map();
  const holders = new Map<string, Holder>();
  for (let from = '-'; ;) {
    const page = await redis.xpending(stream, GROUP, from, '+', PAGE_ENTRIES);
    const rows = page as [string, string, number, number][];
    for (const [entryId, consumer, idleMs, deliveries] of rows)
      holders.set(entryId, { consumer, idle_seconds: idleMs / 1000, deliveries });
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ENTRIES) return holders;
    from = `(${last[0]}`;
  }
}

async function inDelayed(redis: Redis, taskId: string): Promise<TaskPlace | null> {
  for (let from = 0; ; from += PAGE_ENTRIES) {
    const payloads = await redis.zrange(DELAYED_KEY, from, String(from + PAGE_ENTRIES - 1));
    const found = payloads.find((payload) => decodeJob(payload)?.taskId === taskId);
    const due = found === undefined ? null : await redis.zscore(DELAYED_KEY, found);
    if (due !== null) return { kind: 'delayed', due_at: new Date(Number(due)).toISOString() };
    if (payloads.length < PAGE_ENTRIES) return null;
  }
}
