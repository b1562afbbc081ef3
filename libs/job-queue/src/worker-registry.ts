import type { QueueName } from '@confscope/domain';
import type { Redis } from 'ioredis';
import { WORKERS_KEY, workerKey } from './queue-keys.ts';

/** How often a worker says that it lives, and for how long each word of it is good. */
export const WORKER_BEAT_MS = 1_000;
const WORKER_TTL_MS = 15_000;

/** What a worker tells of itself, in the shape that the API answers with. */
export interface WorkerInfo {
  name: string;
  pid: number;
  queues: QueueName[];
  started_at: string;
  last_seen_at: string;
  concurrency: number;
  active: { run_id: number; task_id: string; since: string }[];
  /** Attempts that ended well, and ones that did not, since the start. */
  done: number;
  failed: number;
  rss_bytes: number;
  /** What it cannot reach, and takes no job without; empty when all is well. */
  waiting_for: string[];
}

/** Enters this worker, or renews its entry. */
export async function announceWorker(redis: Redis, info: WorkerInfo): Promise<void> {
  await redis
    .multi()
    .set(workerKey(info.name), JSON.stringify(info), 'PX', WORKER_TTL_MS)
    .zadd(WORKERS_KEY, Date.parse(info.last_seen_at), info.name)
    .exec();
}

/** Takes this worker off the list. */
export async function retireWorker(redis: Redis, name: string): Promise<void> {
  await redis.multi().del(workerKey(name)).zrem(WORKERS_KEY, name).exec();
}

/** The workers that live, by name. Names whose entry has expired are forgotten. */
export async function liveWorkers(redis: Redis): Promise<WorkerInfo[]> {
  const names = await redis.zrange(WORKERS_KEY, 0, '-1');
  if (names.length === 0) return [];
  const entries = await redis.mget(...names.map(workerKey));
  const gone = names.filter((_, i) => entries[i] == null);
  if (gone.length > 0) await redis.zrem(WORKERS_KEY, ...gone);
  return entries
    .filter((entry): entry is string => entry != null)
    .map((entry) => JSON.parse(entry) as WorkerInfo)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
