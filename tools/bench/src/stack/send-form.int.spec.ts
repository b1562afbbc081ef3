import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sendForm } from './send-form.ts';

describe('a form that the bench sends', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let received: FormData;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'confscope-form-'));
    server = createServer((request, response) => {
      void buffer(request).then(async (body) => {
        expect(body.length).toBe(Number(request.headers['content-length']));
        const type = request.headers['content-type'] ?? '';
        // A reader of forms that is not ours says what was sent.
        received = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
        response.writeHead(202).end('{"id":1}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([0, 1, 3 * 1024 * 1024 + 7])('arrives whole, with a file of %i bytes', async (bytes) => {
    const path = join(folder, 'etc.tar.gz');
    const content = Buffer.alloc(bytes, '\r\n--confscope');
    writeFileSync(path, content);
    const answer = await sendForm(url, { type: 'ds_etc', label: 'two words' }, { path, name: 'etc.tar.gz' });
    expect(answer).toEqual({ status: 202, body: '{"id":1}' });
    expect(received.get('type')).toBe('ds_etc');
    expect(received.get('label')).toBe('two words');
    const file = received.get('file') as File;
    expect(file.name).toBe('etc.tar.gz');
    expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true);
  });

  it('brings back what a server says that refuses it', async () => {
    const refusing = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(400).end('no type'));
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const path = join(folder, 'a.conf');
    writeFileSync(path, '[a]\n');
    const address = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/`;
    expect(await sendForm(address, {}, { path, name: 'a.conf' })).toEqual({ status: 400, body: 'no type' });
    refusing.closeAllConnections();
    refusing.close();
  });
});
