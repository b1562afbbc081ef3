import { connectRedis } from '@confscope/job-queue';
import { Database } from '@confscope/persistence';
import { serverUrl, startService } from '@confscope/service-kit';
import { AppModule } from './app.module.ts';

const MAX_CONNECTIONS = 10;

await startService({
  name: 'status-api',
  description: 'Answers what runs, their files and stanzas, and the workers are. It changes nothing.',
  settings: {
    DATABASE_URL: serverUrl('Where PostgreSQL is.', ['postgres', 'postgresql']),
    REDIS_URL: serverUrl('Where Redis is; workers announce themselves there.', ['redis', 'rediss']),
  },
  create: async (config) => {
    const database = await Database.connect({
      url: config.DATABASE_URL,
      applicationName: 'status-api',
      maxConnections: MAX_CONNECTIONS,
    });
    const redis = connectRedis(config.REDIS_URL, 'status-api');
    return { module: AppModule.with({ database, redis }) };
  },
});
