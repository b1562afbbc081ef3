import { Queue, Worker } from 'bullmq';

/** How long BullMQ takes for this many jobs that do nothing, entered all at once, in milliseconds. */
export async function bullmqMs(url: string, jobs: number, concurrency: number): Promise<number> {
  const { hostname: host, port, password } = new URL(url);
  // A worker waits for its jobs as long as it takes.
  const connection = { host, port: Number(port), password, maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection });
  let done = 0;
  const all = Promise.withResolvers<void>();
  const handler = (): Promise<void> => {
    if (++done === jobs) all.resolve();
    return Promise.resolve();
  };
  const worker = new Worker('bench', handler, { connection, concurrency });
  try {
    await worker.waitUntilReady();
    const start = performance.now();
    await queue.addBulk(
      Array.from({ length: jobs }, (_, runId) => ({
        name: 'parse',
        data: { runId },
        opts: { removeOnComplete: true },
      })),
    );
    await all.promise;
    return performance.now() - start;
  } finally {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  }
}
