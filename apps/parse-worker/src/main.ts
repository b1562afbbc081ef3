import { openBlobStore } from '@confscope/blob-store';
import { JobQueueServer } from '@confscope/job-queue';
import { Database } from '@confscope/persistence';
import { startService } from '@confscope/service-kit';
import { AppModule } from './app.module.ts';
import { observeWorker } from './observe-worker.ts';
import { workerSettings } from './settings.ts';
import { Worker } from './worker.ts';

/** The statements of the worker itself are short; PostgreSQL that is silent for longer was cut off. */
const SILENCE_LIMIT_MS = 15_000;

await startService({
  name: 'parse-worker',
  description: 'Takes parse jobs from the queue; answers nothing but its health and its metrics.',
  settings: workerSettings,
  create: async (config, logger) => {
    const database = await Database.whenReachable(
      {
        url: config.DATABASE_URL,
        applicationName: 'parse-worker',
        maxConnections: config.WORKER_CONCURRENCY + 4,
        silenceLimitMs: SILENCE_LIMIT_MS,
      },
      (err) => logger.warn({ err }, 'waiting for PostgreSQL'),
    );
    const blobs = await openBlobStore(config);
    const childModule = new URL('./child/main.js', import.meta.url);
    const worker = new Worker({ config, database, blobs, logger, childModule });
    return {
      module: AppModule.with(worker, database),
      configure: (app) => {
        app.connectMicroservice({ strategy: new JobQueueServer(worker.consumer) });
        worker.start();
        observeWorker(worker);
        return Promise.resolve();
      },
    };
  },
});
