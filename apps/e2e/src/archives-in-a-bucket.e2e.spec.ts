import { type OwnBucket, ownBucket, tarGzOf } from '@confscope/testing';
import { Stack } from './support/stack.ts';

describe('archives in a bucket', () => {
  let own: OwnBucket;
  let stack: Stack;
  const requests: string[] = [];
  beforeAll(async () => {
    own = await ownBucket();
    own.intercept = (request) => {
      requests.push(`${request.method} ${request.url?.split('?')[0]}`);
      return false;
    };
    stack = await Stack.start({
      STORAGE_BACKEND: 's3',
      S3_BUCKET: own.bucket,
      S3_ENDPOINT_URL: own.url,
      S3_ACCESS_KEY_ID: own.accessKeyId,
      S3_SECRET_ACCESS_KEY: own.secretAccessKey,
    });
  });
  afterAll(async () => {
    await stack.stop();
    await own.remove();
  });

  it('go in, are parsed, and go with their run; no folder is needed', async () => {
    const archive = await tarGzOf([{ path: 'etc/apps/a/local/server.conf', content: '[general]\na = 1\n' }]);
    const run = await stack.until((await stack.upload(archive, 'x.tgz')).id);
    expect(run).toMatchObject({ status: 'complete', metrics: { conf_stanzas: 1 } });
    const object = `/${own.bucket}/confscope/runs/${run.id}`;
    expect(requests).toEqual(expect.arrayContaining([`PUT ${object}`, `GET ${object}`]));
    expect(await stack.blobs()).toEqual([]);
    expect((await stack.send('DELETE', `/v1/runs/${run.id}`)).status).toBe(204);
    expect(requests).toContain(`DELETE ${object}`);
  });

  it('wait until the bucket is back, and the key shows up nowhere', async () => {
    own.intercept = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    const ready = await stack.send<{ checks: Record<string, unknown> }>('GET', '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body.checks).toMatchObject({ storage: { error: expect.any(String) as string } });
    own.intercept = () => false;
    expect((await stack.send('GET', '/health/ready')).status).toBe(200);
    expect(stack.logs()).not.toContain(own.secretAccessKey);
  });
});
