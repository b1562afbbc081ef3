import { choice, type Config, optional, serverUrl, text } from '@confscope/service-kit/settings';

/** Where archives are kept: the settings of every process that touches them. */
export const storageSettings = {
  STORAGE_BACKEND: choice('Where archives are kept: in a folder, or in a bucket.', ['local', 's3'], 'local'),
  STORAGE_PATH: text('Folder that archives are kept in, with STORAGE_BACKEND=local.', { fallback: './data' }),
  S3_BUCKET: optional(text('Bucket that archives are kept in, with STORAGE_BACKEND=s3.')),
  S3_PREFIX: text('What the keys of all archives begin with.', { fallback: 'confscope/' }),
  S3_REGION: text('Region of the bucket.', { fallback: 'us-east-1' }),
  S3_ENDPOINT_URL: optional(serverUrl('Where S3 is, when it is not that of AWS.', ['http', 'https'])),
  S3_ACCESS_KEY_ID: optional(
    text("Key of S3; without it, the usual ones of AWS's clients are found.", { secret: true }),
  ),
  S3_SECRET_ACCESS_KEY: optional(text('What belongs to S3_ACCESS_KEY_ID.', { secret: true })),
};

export type StorageConfig = Config<typeof storageSettings>;
