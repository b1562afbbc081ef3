import { connectRedis } from '@confscope/job-queue';
import { Database, databaseProblem } from '@confscope/persistence';
import { startService } from '@confscope/service-kit';
import { serveApi } from '@confscope/service-kit/serve-api';
import { validateRequests } from '@confscope/service-kit/validate-requests';
import { AppModule } from './app.module.ts';
import { statusSettings } from './settings.ts';

const MAX_CONNECTIONS = 10;

await startService({
  name: 'status-api',
  description: 'Answers what runs, their files and stanzas, and the workers are. It changes nothing.',
  serveApi,
  settings: statusSettings,
  explainError: databaseProblem,
  create: async (config, logger) => {
    const database = await Database.whenReachable(
      {
        url: config.DATABASE_URL,
        applicationName: 'status-api',
        maxConnections: MAX_CONNECTIONS,
      },
      (err) => logger.warn({ err }, 'waiting for PostgreSQL'),
    );
    const redis = connectRedis(config.REDIS_URL, 'status-api');
    return {
      module: AppModule.with({ database, redis, logger }, config.JAEGER_UI_URL),
      configure: (app) => Promise.resolve(validateRequests(app)),
    };
  },
});
