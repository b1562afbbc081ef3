import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { FileBlobStore } from '@confscope/blob-store';
import multipart from '@fastify/multipart';
import { Problem } from '@confscope/service-kit';
import fastify from 'fastify';
import { MULTIPART_OPTIONS, multipartParts } from './multipart-file.ts';

/** A piece of a file as it comes from the network, and how many bytes of the file are written before the next one comes. */
type Piece = readonly [text: string, written: number];

describe('the file of a form', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'confscope-form-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function untilWritten(bytes: number): Promise<void> {
    for (let size = -1; size < bytes;) {
      const [name] = await readdir(path.join(folder, 'incoming'));
      size = name === undefined ? -1 : (await stat(path.join(folder, 'incoming', name))).size;
    }
  }

  async function* bodyOf(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
    yield Buffer.from('--AAAA\r\nContent-Disposition: form-data; name="file"; filename="a.conf"\r\n\r\n');
    for (const [text, written] of pieces) {
      yield Buffer.from(text);
      await untilWritten(written);
    }
    yield Buffer.from('\r\n--AAAA--\r\n');
  }

  /** What is stored of a file that comes in these pieces. */
  async function stored(pieces: readonly Piece[]): Promise<string> {
    const store = FileBlobStore.at(folder);
    await store.prepare();
    const app = fastify();
    await app.register(multipart, MULTIPART_OPTIONS);
    app.post('/', async (request) => {
      for await (const part of multipartParts(request))
        if (part.kind === 'file') await store.write('runs/1', part.chunks, 1e9);
      return {};
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=AAAA' };
    const payload = Readable.from(bodyOf(pieces));
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/', headers, payload });
    await app.close();
    expect([statusCode, body]).toEqual([200, '{}']);
    return readFile(path.join(folder, 'blobs', 'runs', '1'), 'latin1');
  }

  it.each<[what: string, pieces: Piece[]]>([
    [
      'in two pieces',
      [
        ['hello ', 6],
        ['world', 11],
      ],
    ],
    // The parser hands out what it kept of the boundary, and goes on using that memory.
    [
      'in the middle of what looks like its end',
      [
        ['start\r\n--AAA', 5],
        ['\r', 12],
        ['z'.repeat(16), 29],
      ],
    ],
    [
      'so again and again',
      [
        ['\r\n--AAA', 0],
        ['\r', 7],
        ['\n--AAA', 7],
        ['\r', 14],
        ['end', 18],
      ],
    ],
  ])('is stored as it was sent, when it is cut %s', async (_, pieces) => {
    expect(await stored(pieces)).toBe(pieces.map(([text]) => text).join(''));
  });
});

describe('a form that cannot be read', () => {
  /** Why a form with this body is refused. */
  async function refusal(contentType: string, payload: string): Promise<unknown> {
    const app = fastify();
    await app.register(multipart, MULTIPART_OPTIONS);
    app.post('/', async (request) => {
      try {
        for await (const part of multipartParts(request))
          if (part.kind === 'file') for await (const chunk of part.chunks) expect(chunk).toBeInstanceOf(Buffer);
        return {};
      } catch (error) {
        return error instanceof Problem ? { ...error, message: error.detail } : { error: String(error) };
      }
    });
    const response = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': contentType }, payload });
    await app.close();
    return response.json();
  }
  const form = (boundary: string, head = 'form-data; name="label"') =>
    `--${boundary}\r\nContent-Disposition: ${head}\r\n\r\nx\r\n--${boundary}--\r\n`;
  const contentType = (boundary: string) => `multipart/form-data; boundary=${boundary}`;

  it.each([
    ['long', contentType('b'.repeat(300)), form('b'.repeat(300)), 'has 300 characters'],
    ['long in quotes', contentType(`"${'b'.repeat(71)}"`), form('b'.repeat(71)), 'has 71 characters'],
    ['empty', contentType(''), form(''), 'names no boundary'],
    ['missing', 'multipart/form-data', form('b'), 'names no boundary'],
  ])('is blamed on its boundary: %s', async (_what, type, body, fault) => {
    const detail = expect.stringMatching(`${fault}.*1 to 70`) as string;
    expect(await refusal(type, body)).toMatchObject({
      status: 400,
      code: 'malformed_multipart',
      detail,
      errors: [{ field: 'Content-Type' }],
    });
  });

  it.each([
    ['a boundary that is another one', contentType('other'), form('b')],
    ['an end that is missing', contentType('b'), form('b').slice(0, -8)],
    ['a file that ends early', contentType('b'), form('b', 'form-data; name="file"; filename="x"').slice(0, -8)],
  ])('is refused with what to do: %s', async (_what, type, body) => {
    const detail = expect.stringContaining('as curl -F does') as string;
    expect(await refusal(type, body)).toMatchObject({ status: 400, code: 'malformed_multipart', detail });
  });

  it.each(['{"a":1}', 'null', '{not json', `"${'x'.repeat(100_000)}"`])(
    'is refused with the field that was sent as JSON: %#',
    async (value) => {
      const head = 'form-data; name="label"\r\nContent-Type: application/json; charset=utf-8';
      const body = form('b', head).replace('\r\n\r\nx', `\r\n\r\n${value}`);
      const errors = [{ field: 'label', message: expect.stringContaining('send it as text') as string }];
      expect(await refusal(contentType('b'), body)).toMatchObject({ status: 400, code: 'invalid_request', errors });
    },
  );

  it.each(['toString', 'constructor', '__proto__'])(
    'is refused with the field that every object has: %s',
    async (name) => {
      for (const head of [`form-data; name="${name}"`, `form-data; name="${name}"; filename="x"`]) {
        const errors = [
          { field: name, message: `There is no field "${name}"; an upload has file, type, label, notes, queue.` },
        ];
        expect(await refusal(contentType('b'), form('b', head))).toMatchObject({ status: 400, errors });
      }
    },
  );

  it('is refused with its limits when it has too many fields', async () => {
    const one = form('b').slice(0, -'--b--\r\n'.length);
    const detail = expect.stringMatching(/more than 20 fields.*Send one file/) as string;
    const problem = { status: 413, code: 'too_many_fields', detail };
    for (const count of [21, 40])
      expect(await refusal(contentType('b'), one.repeat(count) + '--b--\r\n')).toMatchObject(problem);
  });

  it('is none when a file in it is JSON', async () => {
    const head = 'form-data; name="file"; filename="a.conf"\r\nContent-Type: application/json';
    expect(await refusal(contentType('b'), form('b', head))).toEqual({});
  });

  it.each(['b', 'b'.repeat(70), '"a b"'])('is none with the boundary %s', async (boundary) => {
    expect(await refusal(contentType(boundary), form(boundary.replaceAll('"', '')))).toEqual({});
  });
});
