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

  it('ends streams of events at once and in order, and another one goes on from the last id', async () => {
    await stack.restartApis();
    const archive = await tarGzOf([{ path: 'etc/apps/b/local/server.conf', content: '[general]\nb = 2\n' }]);
    const { id } = await stack.upload(archive, 'x.tgz');
    const watch = (lastId?: string) =>
      fetch(`${stack.statusApi.url}/v1/runs/${id}/events`, { headers: lastId ? { 'last-event-id': lastId } : {} });
    const idsOf = (told: string) => [...told.matchAll(/^id: (.*)$/gm)].map(([, one = '']) => one);

    const broken = await watch();
    stack.statusApi.signal('SIGTERM');
    const told = await broken.text();
    expect(idsOf(told)).toHaveLength(1);
    expect(told).toMatch(/^retry: \d{4}$/m);
    expect(await stack.statusApi.ended()).toBe(0);

    await stack.restartApis();
    const rest = (await watch(idsOf(told)[0])).text();
    await stack.addWorker();
    const later = await rest;
    expect(later).toContain('"status":"complete"');
    expect(idsOf(later)).not.toContain(idsOf(told)[0]);
  });
});
