import { hostname } from 'node:os';
import { openBlobStore } from '@confscope/blob-store';
import { JobQueueClient } from '@confscope/job-queue';
import { Database, databaseProblem, UploadRuns } from '@confscope/persistence';
import { startService } from '@confscope/service-kit';
import { serveApi } from '@confscope/service-kit/serve-api';
import multipart from '@fastify/multipart';
import { acceptEmptyBody } from './accept-empty-body.ts';
import { AppModule } from './app.module.ts';
import { MULTIPART_OPTIONS } from './multipart-file.ts';
import { uploadSettings } from './settings.ts';

await startService({
  name: 'upload-api',
  description: 'Takes in archives of Splunk configuration, and the commands that change a run.',
  serveApi,
  settings: uploadSettings,
  explainError: databaseProblem,
  create: async (config, logger) => {
    const receiver = `${hostname()}-${process.pid}`;
    const database = await Database.whenReachable(
      {
        url: config.DATABASE_URL,
        applicationName: 'upload-api',
        maxConnections: 20,
      },
      (err) => logger.warn({ err }, 'waiting for PostgreSQL'),
    );
    const queue = new JobQueueClient(config.REDIS_URL, receiver);
    const blobs = await openBlobStore(config);
    // Where archives should lie already, a missing folder is one that is not mounted: the service waits for it, unready.
    if (!(await new UploadRuns(database).anyArchive())) await blobs.prepare();
    return {
      module: AppModule.with({ config, database, queue, blobs, logger, receiver }),
      configure: async (app) => {
        acceptEmptyBody(app.getHttpAdapter().getInstance());
        await app.register(multipart, MULTIPART_OPTIONS);
        // Connected before the first upload, so that its trace shows the upload and not the connecting.
        await queue
          .connect()
          .catch((err: unknown) => logger.warn({ err }, 'Redis is away; uploads are dispatched later'));
      },
    };
  },
});
