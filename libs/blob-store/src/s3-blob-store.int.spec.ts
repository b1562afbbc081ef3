import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { buffer } from 'node:stream/consumers';
import { randomBytes } from 'node:crypto';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type OwnBucket, ownBucket } from '@confscope/testing';
import type { BlobStore } from './blob-store.ts';
import { blobStoreContract } from './blob-store.contract.ts';
import { openBlobStore } from './open-blob-store.ts';
import type { StorageConfig } from './storage-settings.ts';

/**
 * With CONFSCOPE_TEST_S3_URL, CONFSCOPE_TEST_S3_BUCKET, CONFSCOPE_TEST_S3_KEY and CONFSCOPE_TEST_S3_SECRET, the contract
 * is held against a server and a bucket of your own.
 */
function bucketOfYours(): OwnBucket | null {
  const { CONFSCOPE_TEST_S3_URL: url, CONFSCOPE_TEST_S3_BUCKET: bucket } = process.env;
  const { CONFSCOPE_TEST_S3_KEY: accessKeyId, CONFSCOPE_TEST_S3_SECRET: secretAccessKey } = process.env;
  if (!url || !bucket || !accessKeyId || !secretAccessKey) return null;
  return { url, bucket, accessKeyId, secretAccessKey, intercept: () => false, remove: () => Promise.resolve() };
}

const configOf = (own: OwnBucket, prefix: string): StorageConfig => ({
  STORAGE_BACKEND: 's3',
  STORAGE_PATH: '',
  S3_BUCKET: own.bucket,
  S3_PREFIX: prefix,
  S3_REGION: 'us-east-1',
  S3_ENDPOINT_URL: own.url,
  S3_ACCESS_KEY_ID: own.accessKeyId,
  S3_SECRET_ACCESS_KEY: own.secretAccessKey,
});

describe('the blob store in a bucket', () => {
  blobStoreContract(async () => {
    const own = bucketOfYours() ?? (await ownBucket());
    const prefix = `test-${randomBytes(6).toString('hex')}/`;
    const config = configOf(own, prefix);
    const raw = new S3Client({
      endpoint: own.url,
      region: 'us-east-1',
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      credentials: { accessKeyId: own.accessKeyId, secretAccessKey: own.secretAccessKey },
    });
    const place = { Bucket: own.bucket, Prefix: prefix };
    return {
      store: await openBlobStore(config),
      reopen: () => openBlobStore(config),
      away: () => openBlobStore({ ...config, S3_BUCKET: 'no-such-bucket' }),
      kept: async () => {
        const { Contents = [] } = await raw.send(new ListObjectsV2Command(place));
        const { Uploads = [] } = await raw.send(new ListMultipartUploadsCommand(place));
        return [...Contents, ...Uploads].map(({ Key }) => (Key ?? '').slice(prefix.length));
      },
      leaveBehind: async () => {
        const object = { Bucket: own.bucket, Key: `${prefix}left-behind` };
        const { UploadId } = await raw.send(new CreateMultipartUploadCommand(object));
        await raw.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: Buffer.from('x') }));
      },
      remove: async () => {
        raw.destroy();
        await own.remove();
      },
    };
  });

  describe('whose server fails', () => {
    let own: OwnBucket;
    let store: BlobStore;
    beforeEach(async () => {
      own = await ownBucket();
      store = await openBlobStore(configOf(own, ''));
    });
    afterEach(() => own.remove());

    it('goes on where a download broke off', async () => {
      const content = randomBytes(3_000_000);
      await store.write('a', chunksOf(content), 1e9);
      let cuts = 0;
      own.intercept = (request, response) => {
        if (request.method === 'GET' && cuts < 4) {
          cuts++;
          cutAfter(response, 500_000);
        }
        return false;
      };
      const read = await buffer((await store.read('a')).open({ start: 5, end: content.length - 1 }));
      expect(read.equals(content.subarray(5))).toBe(true);
      expect(cuts).toBe(4);
    });

    it('asks for the very content it knew, and gives up at once when that has changed', async () => {
      await store.write('a', chunksOf(Buffer.from('x')), 1e9);
      const blob = await store.read('a');
      const asked: (string | string[] | undefined)[] = [];
      own.intercept = (request, response) => {
        asked.push(request.headers['if-match']);
        return refuse(request, response, 412, 'PreconditionFailed');
      };
      await expect(buffer(blob.open())).rejects.toThrow('PreconditionFailed (HTTP 412)');
      expect(asked).toEqual([expect.stringMatching(/^".+"$/)]);
    });

    it('gives a download up that brings nothing', async () => {
      await store.write('a', chunksOf(Buffer.from('x')), 1e9);
      const blob = await store.read('a');
      own.intercept = (request, response) => refuse(request, response, 503, 'SlowDown');
      await expect(buffer(blob.open())).rejects.toThrow('S3 was asked to read a range');
    });

    it('tells the reason why the source broke when its parts cannot be taken back either', async () => {
      own.intercept = (request, response) =>
        request.method === 'DELETE' && refuse(request, response, 500, 'InternalError');
      async function* source(): AsyncGenerator<Buffer> {
        for (let i = 0; i < 10; i++) yield await Promise.resolve(Buffer.alloc(1024 * 1024));
        throw new Error('the sender went away');
      }
      await expect(store.write('a', source(), 1e9)).rejects.toThrow('the sender went away');
    });

    it('says what S3 answered, and shows neither keys nor what was signed', async () => {
      own.intercept = (request, response) => refuse(request, response, 403, 'SignatureDoesNotMatch');
      for (const act of [() => store.write('a', chunksOf(Buffer.from('x')), 9), () => store.delete('a')]) {
        const error = await act().catch((reason: unknown) => reason as Error);
        expect(error).toMatchObject({ message: expect.stringContaining('SignatureDoesNotMatch (HTTP 403)') as string });
        expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/S3RVER|to-sign/);
      }
    });

    it('says that nobody answers', async () => {
      await own.remove();
      await expect(store.ping()).rejects.toThrow('S3 was asked to find the bucket: no answer (ECONNREFUSED).');
      own = await ownBucket();
    });
  });
});

async function* chunksOf(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}

/** Ends the connection after so many bytes of the body. */
function cutAfter(response: ServerResponse, bytes: number): void {
  const write = response.write.bind(response) as (chunk: Buffer) => boolean;
  let sent = 0;
  response.write = ((chunk: Buffer) => {
    sent += chunk.length;
    if (sent <= bytes) return write(chunk);
    response.destroy();
    return false;
  }) as typeof response.write;
}

function refuse(_request: IncomingMessage, response: ServerResponse, status: number, code: string): boolean {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code><StringToSign>to-sign</StringToSign></Error>`);
  return true;
}
