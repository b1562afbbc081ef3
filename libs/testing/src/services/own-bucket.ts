import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { answerMultipart } from './s3rver-multipart.ts';

/** An S3 server with one empty bucket of a spec's own. */
export interface OwnBucket {
  url: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Before every request; true when it has answered itself. For a server that fails. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  remove(): Promise<void>;
}

/** Starts a small S3 server in this process: quick, but it takes any signature and knows only what archives need. */
export async function ownBucket(): Promise<OwnBucket> {
  const directory = mkdtempSync(join(tmpdir(), 'confscope-s3-'));
  const bucket = 'archives';
  const s3 = new S3rver({ directory, silent: true, configureBuckets: [{ name: bucket, configs: [] }] });
  await s3.configureBuckets();
  // The types of s3rver do not say that it is a Koa application.
  const handle = (
    s3 as unknown as { callback(): (request: IncomingMessage, response: ServerResponse) => void }
  ).callback();
  const server = createServer((request, response) => {
    if (own.intercept(request, response)) return;
    void answerMultipart(join(directory, bucket), request, response).then((answered) => {
      if (!answered) handle(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own: OwnBucket = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket,
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    intercept: () => false,
    remove: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return own;
}
