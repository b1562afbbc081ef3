import { storageSettings } from '@confscope/blob-store';
import { QUEUES, type QueueName, UPLOAD_TYPES, type UploadType } from '@confscope/domain';
import { bytes, postgresUrl, routes, serverUrl } from '@confscope/service-kit';

/** Which queue an upload of each type takes unless it asks for another. */
const ROUTES: Record<UploadType, QueueName> = {
  ds_etc: 'default',
  instance_etc: 'default',
  app_bundle: 'default',
  single_conf: 'high',
};

export const uploadSettings = {
  ...storageSettings,
  DATABASE_URL: postgresUrl('Where PostgreSQL is.'),
  REDIS_URL: serverUrl('Where Redis is.', ['redis', 'rediss']),
  UPLOAD_MAX_BYTES: bytes('Most bytes of an uploaded file.', '2 GiB'),
  TASK_ROUTES: routes('The queue of each upload type.', UPLOAD_TYPES, QUEUES, ROUTES),
};
