import { optional, postgresUrl, serverUrl } from '@confscope/service-kit';

export const statusSettings = {
  DATABASE_URL: postgresUrl('Where PostgreSQL is.'),
  REDIS_URL: serverUrl('Where Redis is; workers announce themselves there.', ['redis', 'rediss']),
  JAEGER_UI_URL: optional(serverUrl('Where people look at traces; runs then link to theirs.', ['http', 'https'])),
};
