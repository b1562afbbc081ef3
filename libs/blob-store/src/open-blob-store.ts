import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { BadConfig } from '@confscope/service-kit/settings';
import type { BlobStore } from './blob-store.ts';
import { FileBlobStore } from './file-blob-store.ts';
import type { StorageConfig } from './storage-settings.ts';

const CONNECT_LIMIT_MS = 5_000;
/** Longest silence of a server in the middle of a request. */
const SILENCE_LIMIT_MS = 30_000;

/**
 * The store that the settings name. A storage that is away does not keep a service from starting; it is unready. What is
 * needed to speak with a bucket takes megabytes, and is loaded only where there is one.
 *
 * @throws BadConfig when a setting is missing that the backend needs
 */
export async function openBlobStore(config: StorageConfig): Promise<BlobStore> {
  if (config.STORAGE_BACKEND === 'local') return FileBlobStore.at(config.STORAGE_PATH);
  if (config.S3_BUCKET === undefined)
    throw new BadConfig('S3_BUCKET is not set, but STORAGE_BACKEND=s3 keeps archives in a bucket. Name the bucket.');
  const options = clientOptions(config);
  const [{ S3Client }, { S3BlobStore }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('./s3-blob-store.ts'),
  ]);
  return new S3BlobStore(new S3Client(options), { bucket: config.S3_BUCKET, prefix: config.S3_PREFIX });
}

function clientOptions(config: StorageConfig): S3ClientConfig {
  const { S3_ENDPOINT_URL: endpoint, S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: key } = config;
  if ((id === undefined) !== (key === undefined))
    throw new BadConfig('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both, or neither.');
  return {
    region: config.S3_REGION,
    requestHandler: { connectionTimeout: CONNECT_LIMIT_MS, socketTimeout: SILENCE_LIMIT_MS },
    ...(id === undefined || key === undefined ? {} : { credentials: { accessKeyId: id, secretAccessKey: key } }),
    // Servers other than AWS's have no host name for each bucket, and not all know its newer checksums.
    ...(endpoint === undefined
      ? {}
      : {
          endpoint,
          forcePathStyle: true,
          requestChecksumCalculation: 'WHEN_REQUIRED' as const,
          responseChecksumValidation: 'WHEN_REQUIRED' as const,
        }),
  };
}
