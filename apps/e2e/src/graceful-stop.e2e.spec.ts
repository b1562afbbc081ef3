import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { tarGzOf } from '@confscope/testing';
import { formOf, type Run, Stack } from './support/stack.ts';

describe('a service that is told to stop', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({}, 0);
  });
  afterAll(() => stack.stop());

  it('lets an upload in flight come to its end, and takes no new one', async () => {
    const archive = await tarGzOf([{ path: 'etc/apps/a/local/server.conf', content: '[general]\na = 1\n' }]);
    const form = new Response(formOf(archive, 'x.tgz', { type: 'ds_etc' }));
    const body = Buffer.from(await form.arrayBuffer());
    const sent = request(`${stack.uploadApi.url}/v1/uploads`, {
      method: 'POST',
      headers: { 'content-type': form.headers.get('content-type') ?? '', 'content-length': body.length },
    });
    sent.write(body.subarray(0, body.length - 1));
    // The run is there as soon as the file began to arrive.
    while ((await stack.get<{ items: Run[] }>('/v1/runs')).body.items.length === 0);
    stack.uploadApi.signal('SIGTERM');
    const refused = () =>
      fetch(`${stack.uploadApi.url}/health/live`).then(
        () => false,
        () => true,
      );
    while (!(await refused()));
    sent.end(body.subarray(body.length - 1));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect({ status: response.statusCode, body: JSON.parse(await text(response)) as Run }).toMatchObject({
      status: 201,
      body: { status: 'stored' },
    });
    expect(await stack.uploadApi.ended()).toBe(0);
  });
});
