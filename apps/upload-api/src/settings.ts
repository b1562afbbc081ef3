import { QUEUES, type QueueName, UPLOAD_TYPES, type UploadType } from '@confscope/domain';
import { bytes, choice, routes, serverUrl, text } from '@confscope/service-kit';

/** Which queue an upload of each type takes unless it asks for another. */
const ROUTES: Record<UploadType, QueueName> = {
  ds_etc: 'default',
  instance_etc: 'default',
  app_bundle: 'default',
  single_conf: 'high',
};

export const uploadSettings = {
  DATABASE_URL: serverUrl('Where PostgreSQL is.', ['postgres', 'postgresql']),
  REDIS_URL: serverUrl('Where Redis is.', ['redis', 'rediss']),
  STORAGE_BACKEND: choice('Where archives are kept.', ['local'], 'local'),
  STORAGE_PATH: text('Folder that archives are kept in.', { fallback: './data' }),
  UPLOAD_MAX_BYTES: bytes('Most bytes of an uploaded file.', '2 GiB'),
  TASK_ROUTES: routes('The queue of each upload type.', UPLOAD_TYPES, QUEUES, ROUTES),
};
