import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBlobStore, storageSettings } from '@confscope/blob-store';
import { Database, Quarantine, UploadRuns } from '@confscope/persistence';
import { loadConfig } from '@confscope/service-kit';
import { createTestDatabase, type OwnBucket, ownBucket, type TestDatabase } from '@confscope/testing';
import { type FormPart, ReceiveUpload } from './receive-upload.ts';
import { WatchUploads } from './watch-uploads.ts';

const ROUTES = { ds_etc: 'default', instance_etc: 'default', app_bundle: 'default', single_conf: 'high' } as const;
const SILENCE_MS = 60_000;

describe('a service that receives uploads', () => {
  let owned: TestDatabase;
  let database: Database;
  let bucket: OwnBucket;

  beforeAll(async () => {
    owned = await createTestDatabase();
    database = await Database.connect({ url: owned.url, applicationName: 'spec', maxConnections: 4 });
    await database.migrate();
    bucket = await ownBucket();
  });
  afterAll(async () => {
    await bucket.remove();
    await database.close();
    await owned.drop();
  });

  /** From now on the bucket keeps whoever asks it waiting. */
  function hang(): { asked: Promise<unknown>; end: () => void } {
    const events = new EventEmitter();
    const waiting: ServerResponse[] = [];
    bucket.intercept = (_request, response) => {
      waiting.push(response);
      events.emit('asked');
      return true;
    };
    const end = () => {
      bucket.intercept = () => false;
      // Who is cut off asks again.
      for (const response of waiting) response.destroy();
    };
    return { asked: once(events, 'asked'), end };
  }

  it('keeps them alive while the storage keeps its sweep waiting', async () => {
    const blobs = await openBlobStore(
      loadConfig(storageSettings, {
        STORAGE_BACKEND: 's3',
        S3_BUCKET: bucket.bucket,
        S3_ENDPOINT_URL: bucket.url,
        S3_ACCESS_KEY_ID: bucket.accessKeyId,
        S3_SECRET_ACCESS_KEY: bucket.secretAccessKey,
      }),
    );
    const runs = new UploadRuns(database);
    const receive = new ReceiveUpload(runs, new Quarantine(database), blobs, {
      maxBytes: 1000,
      receiver: 'api-1',
      routes: ROUTES,
    });
    const storage = hang();
    const limits = { beatMs: 20, steadyMs: 60_000, silenceMs: SILENCE_MS };
    const watch = new WatchUploads(receive, runs, blobs, () => undefined, limits).start();
    await storage.asked;

    /** Half of the file comes; the rest when the service was silent and has been heard again. */
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Buffer.from('[a]\n');
      await database.rows(`update runs set last_heartbeat = now() - interval '1 hour'`);
      while ((await runs.silent(SILENCE_MS)).length > 0) await sleep(20);
      storage.end();
      yield Buffer.from('b = c\n');
    }
    const parts: FormPart[] = [
      { kind: 'field', name: 'type', value: 'single_conf' },
      { kind: 'file', name: 'file', fileName: 'inputs.conf', chunks: chunks() },
    ];
    const { run } = await receive.receive({
      parts: Readable.from(parts),
      idempotencyKey: null,
      expectedSha256: null,
      traceparent: null,
    });
    expect(run.status).toBe('stored');
    await watch.stop();
  });
});
