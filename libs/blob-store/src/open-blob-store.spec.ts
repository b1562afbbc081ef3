import { loadConfig } from '@confscope/service-kit/settings';
import { openBlobStore } from './open-blob-store.ts';
import { storageSettings } from './storage-settings.ts';

describe('the settings of the storage', () => {
  const opened = (env: Record<string, string>) => openBlobStore(loadConfig(storageSettings, env));

  it('name what is missing for a bucket', async () => {
    await expect(opened({ STORAGE_BACKEND: 's3' })).rejects.toThrow('S3_BUCKET is not set');
    const half = { STORAGE_BACKEND: 's3', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'canary' };
    await expect(opened(half)).rejects.toThrow('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together');
    await expect(opened(half)).rejects.not.toThrow('canary');
  });

  it('refuse an address that is none', () => {
    expect(() => loadConfig(storageSettings, { S3_ENDPOINT_URL: 's3://x' })).toThrow('starts with http:// or https://');
  });

  it('need nothing else for a bucket whose keys the environment knows in another way', async () => {
    expect(await opened({ STORAGE_BACKEND: 's3', S3_BUCKET: 'b' })).toBeDefined();
  });
});
