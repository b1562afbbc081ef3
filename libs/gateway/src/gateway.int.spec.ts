import { EventEmitter, once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { freePort } from '@confscope/local-services';
import { type Gateway, startGateway } from './gateway.ts';

/** A service that answers with what it was asked, and tells what happens to its connections. */
class EchoService {
  readonly events = new EventEmitter();
  readonly #server: Server;

  constructor(readonly name: string) {
    this.#server = createServer((incoming, response) => {
      if (incoming.url === '/v1/runs/1/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
        response.on('close', () => this.events.emit('stream closed'));
        return;
      }
      if (incoming.url === '/v1/reject') {
        response.writeHead(413, { 'content-type': 'application/json' }).end('{}');
        return;
      }
      this.#echo(incoming, (text) => response.setHeader('location', '/v1/runs/1').end(text));
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #echo(incoming: IncomingMessage, answer: (text: string) => void): void {
    let bytes = 0;
    incoming.once('data', () => this.events.emit('first bytes'));
    incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
    incoming.on('end', () => answer(`${this.name} ${incoming.method} ${incoming.url} ${bytes}`));
    incoming.on('error', () => this.events.emit('aborted', bytes));
  }
}

const uploadApi = new EchoService('upload-api');
const statusApi = new EchoService('status-api');
const host = '127.0.0.1';
let gateway: Gateway;

beforeAll(async () => {
  const upstreams = { uploadApi: await uploadApi.listen(), statusApi: await statusApi.listen() };
  gateway = await startGateway({ port: await freePort(), host }, upstreams);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([uploadApi.close(), statusApi.close()]);
});

const ask = async (method: string, path: string, body?: string): Promise<string> =>
  (await fetch(`${gateway.url}${path}`, { method, body })).text();

describe('the gateway', () => {
  it.each([
    ['POST', '/v1/uploads', 'upload-api POST /v1/uploads 0'],
    ['POST', '/v1/runs/7/parse?force=1', 'upload-api POST /v1/runs/7/parse?force=1 0'],
    ['DELETE', '/v1/runs/7', 'upload-api DELETE /v1/runs/7 0'],
    ['GET', '/v1/runs?limit=5&q=a%2Fb', 'status-api GET /v1/runs?limit=5&q=a%2Fb 0'],
    ['GET', '/openapi.json', 'status-api GET /openapi.json 0'],
    ['GET', '/docs/style.css', 'status-api GET /docs/style.css 0'],
    ['GET', '/upload-api/openapi.json', 'upload-api GET /openapi.json 0'],
    ['GET', '/upload-api/docs', 'upload-api GET /docs 0'],
    ['GET', '/upload-api/docs/style.css', 'upload-api GET /docs/style.css 0'],
  ])('sends %s %s to where it belongs', async (method, path, answer) => {
    expect(await ask(method, path)).toBe(answer);
  });

  it('leads a person who types its address to the description of the API', async () => {
    const response = await fetch(gateway.url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('knows no other way to change something', async () => {
    const response = await fetch(`${gateway.url}/elsewhere`, { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: 'There is no POST /elsewhere.' });
  });

  it('refuses an address that cannot be decoded as the services refuse all else', async () => {
    const response = await fetch(`${gateway.url}/v1/runs/%E0%A4%A`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await response.json()).toMatchObject({ title: 'Bad Request', status: 400, code: 'fst_err_bad_url' });
  });

  it('leaves the location of a new run as it is', async () => {
    const response = await fetch(`${gateway.url}/v1/uploads`, { method: 'POST', body: 'x' });
    expect(response.headers.get('location')).toBe('/v1/runs/1');
  });

  it('passes a body of unknown length on, also when the client asks to continue first as curl does', async () => {
    const outgoing = request(`${gateway.url}/v1/uploads`, { method: 'POST', headers: { expect: '100-continue' } });
    const response = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    await once(outgoing, 'continue');
    await pipeline(Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(65_536))), outgoing);
    const [incoming] = await response;
    expect((await buffer(incoming)).toString()).toBe(`upload-api POST /v1/uploads ${64 * 65_536}`);
  });

  it('passes on a refusal that comes before the body was read', async () => {
    const body = new Uint8Array(8 * 1024 * 1024);
    const response = await fetch(`${gateway.url}/v1/reject`, { method: 'POST', body });
    expect(response.status).toBe(413);
  });

  it('tells the service when the client goes away in the middle of an upload', async () => {
    const started = once(uploadApi.events, 'first bytes');
    const aborted = once(uploadApi.events, 'aborted');
    const outgoing = request(`${gateway.url}/v1/uploads`, { method: 'POST', headers: { 'content-length': 1_000_000 } });
    outgoing.on('error', () => undefined);
    outgoing.write('half an upload');
    await started;
    outgoing.destroy();
    expect(await aborted).toEqual([14]);
  });

  it('passes events on as they come, and ends the stream with its client', async () => {
    const closed = once(statusApi.events, 'stream closed');
    const controller = new AbortController();
    const response = await fetch(`${gateway.url}/v1/runs/1/events`, { signal: controller.signal });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('data: 1\n\n');
    controller.abort();
    await closed;
  });

  it('says in a sentence which service does not answer', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const alone = await startGateway({ port: await freePort(), host }, { uploadApi: nobody, statusApi: nobody });
    try {
      const response = await fetch(`${alone.url}/v1/runs`);
      expect(response.headers.get('content-type')).toMatch('application/problem+json');
      expect(await response.json()).toMatchObject({
        status: 503,
        detail: 'status-api does not answer at the moment. Try again in a few seconds.',
      });
    } finally {
      await alone.close();
    }
  });

  it('fails when another program has the port', async () => {
    const port = Number(new URL(gateway.url).port);
    await expect(
      startGateway({ port, host }, { uploadApi: gateway.url, statusApi: gateway.url }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('ends streams of events in order when it drains, and leaves none of them open to the service', async () => {
    const upstreams = { uploadApi: uploadApi.url, statusApi: statusApi.url };
    const draining = await startGateway({ port: await freePort(), host, drain: true }, upstreams);
    const response = await fetch(`${draining.url}/v1/runs/1/events`);
    const ended = once(statusApi.events, 'stream closed');
    const closed = draining.close();
    expect(await response.text()).toBe('data: 1\n\n');
    await Promise.all([ended, closed]);
  });

  it('lets a request in flight come to its end when it drains', async () => {
    const upstreams = { uploadApi: uploadApi.url, statusApi: statusApi.url };
    const draining = await startGateway({ port: await freePort(), host, drain: true }, upstreams);
    const sent = request(`${draining.url}/v1/uploads`, { method: 'POST' });
    const firstBytes = once(uploadApi.events, 'first bytes');
    sent.write('some');
    await firstBytes;
    const closed = draining.close();
    sent.end(' bytes');
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect((await buffer(response)).toString()).toBe('upload-api POST /v1/uploads 10');
    await closed;
  });
});
