import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type JobCost, jobCost } from './job-cost.ts';

/** What BullMQ takes for this many jobs that do nothing, entered all at once, after one that has made everything ready. */
export async function bullmqCost(redis: Redis, url: string, jobs: number, concurrency: number): Promise<JobCost> {
  const { hostname: host, port, password } = new URL(url);
  // A worker waits for its jobs as long as it takes.
  const connection = { host, port: Number(port), password, maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection });
  let left = 0;
  let ended: () => void = () => undefined;
  const handler = (): Promise<void> => {
    if (--left === 0) ended();
    return Promise.resolve();
  };
  const worker = new Worker('bench', handler, { connection, concurrency });
  const run = async (count: number): Promise<void> => {
    left = count;
    const allEnded = new Promise<void>((resolve) => (ended = resolve));
    await queue.addBulk(
      Array.from({ length: count }, (_, runId) => ({
        name: 'parse',
        data: { runId },
        opts: { removeOnComplete: true },
      })),
    );
    await allEnded;
  };
  try {
    await run(1);
    return await jobCost(redis, jobs, () => run(jobs));
  } finally {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  }
}
