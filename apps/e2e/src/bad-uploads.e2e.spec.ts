import { connect } from 'node:net';
import { tarGzOf, tarOf, zipFlag, zipOf } from '@confscope/testing';
import { formOf, type Run, Stack } from './support/stack.ts';

const CONF = { path: 'etc/apps/a/local/props.conf', content: '[x]\nk = v\n' };

interface ProblemBody {
  status: number;
  code: string;
  detail: string;
  errors: { field: string; message: string }[];
}

describe('a bad upload', () => {
  let stack: Stack;
  let good: Buffer;
  beforeAll(async () => {
    good = await tarGzOf([CONF]);
    stack = await Stack.start({ UPLOAD_MAX_BYTES: '4 MiB', ARCHIVE_MAX_ENTRIES: '200', ARCHIVE_MAX_RATIO: '100' });
  });
  afterAll(() => stack.stop());

  const runCount = async () => (await stack.get<{ items: Run[] }>('/v1/runs?limit=500')).body.items.length;

  async function refused(body: FormData | string, headers: Record<string, string> = {}) {
    const before = await runCount();
    const answer = await stack.send<ProblemBody>('POST', '/v1/uploads', { body, headers });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await runCount()).toBe(before);
    return answer;
  }

  function form(fields: [string, string | Buffer][]): FormData {
    const made = new FormData();
    for (const [name, value] of fields)
      if (typeof value === 'string') made.append(name, value);
      else made.append(name, new Blob([new Uint8Array(value)]), 'x.tgz');
    return made;
  }

  it.each([
    ['no file', 'file', (): [string, string | Buffer][] => [['type', 'ds_etc']]],
    [
      'a file sent as text',
      'file',
      (): [string, string | Buffer][] => [
        ['file', 'abc'],
        ['type', 'ds_etc'],
      ],
    ],
    [
      'an empty file',
      'file',
      (): [string, string | Buffer][] => [
        ['file', Buffer.alloc(0)],
        ['type', 'ds_etc'],
      ],
    ],
    [
      'two files',
      'file',
      (): [string, string | Buffer][] => [
        ['file', good],
        ['file', good],
        ['type', 'ds_etc'],
      ],
    ],
    [
      'a file in another field',
      'archive',
      (): [string, string | Buffer][] => [
        ['archive', good],
        ['type', 'ds_etc'],
      ],
    ],
    ['no type', 'type', (): [string, string | Buffer][] => [['file', good]]],
    [
      'an unknown type',
      'type',
      (): [string, string | Buffer][] => [
        ['file', good],
        ['type', 'etc'],
      ],
    ],
    [
      'an unknown type before the file',
      'type',
      (): [string, string | Buffer][] => [
        ['type', 'etc'],
        ['file', good],
      ],
    ],
    [
      'a long label',
      'label',
      (): [string, string | Buffer][] => [
        ['file', good],
        ['type', 'ds_etc'],
        ['label', 'x'.repeat(256)],
      ],
    ],
    [
      'an unknown queue',
      'queue',
      (): [string, string | Buffer][] => [
        ['file', good],
        ['type', 'ds_etc'],
        ['queue', 'fast'],
      ],
    ],
    [
      'a field that every object has',
      'toString',
      (): [string, string | Buffer][] => [
        ['file', good],
        ['toString', 'x'],
        ['type', 'ds_etc'],
      ],
    ],
    [
      'an unknown field',
      'colour',
      (): [string, string | Buffer][] => [
        ['file', good],
        ['type', 'ds_etc'],
        ['colour', 'red'],
      ],
    ],
  ])('is refused with 400 that names the field, and leaves nothing behind: %s', async (_what, field, fields) => {
    const { status, body } = await refused(form(fields()));
    expect(status).toBe(400);
    expect(body.errors.map((error) => error.field)).toEqual([field]);
    expect(await stack.blobs()).toEqual([]);
  });

  it('names the allowed values', async () => {
    const { body } = await refused(
      form([
        ['file', good],
        ['type', 'etc'],
      ]),
    );
    expect(body.detail).toContain('ds_etc, instance_etc, app_bundle, single_conf');
  });

  it('is refused with 415 when it is no form', async () => {
    expect((await refused('{}', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await refused('abc', { 'content-type': 'application/octet-stream' })).status).toBe(415);
  });

  it('is refused with 413 when it is too large, by its announced size or as it comes, and its sender reads the answer', async () => {
    const announced = await refused(formOf(Buffer.alloc(12 * 1024 * 1024), 'x.tgz', { type: 'ds_etc' }));
    const counted = await refused(formOf(Buffer.alloc(5 * 1024 * 1024), 'x.tgz', { type: 'ds_etc' }));
    for (const { status, body } of [announced, counted]) {
      expect(status).toBe(413);
      expect(body.detail).toContain('UPLOAD_MAX_BYTES');
    }
    expect(await stack.blobs()).toEqual([]);
  });

  it('that breaks off leaves a failed run that says so, and no blob', async () => {
    const { port } = new URL(stack.uploadApi.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head =
      'POST /v1/uploads HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 900000\r\n\r\n' +
      '--B\r\nContent-Disposition: form-data; name="file"; filename="x.tgz"\r\n\r\n';
    socket.write(head + 'x'.repeat(100_000));
    const pending = async () => (await stack.get<{ items: Run[] }>('/v1/runs?status=pending')).body.items[0] ?? null;
    let run = await pending();
    while (!run) run = await pending();
    const early = await stack.send<ProblemBody>('DELETE', `/v1/runs/${run.id}`);
    expect(early).toMatchObject({ status: 409, body: { code: 'run_in_use' } });
    // A pending run cannot be cancelled.
    expect(early.body.detail).toContain('ended or broken off');
    expect(early.body.detail).not.toContain('Cancel');
    socket.destroy();
    const failed = await stack.until(run.id);
    expect(failed).toMatchObject({ status: 'failed', error_type: 'upload_interrupted' });
    expect(failed.error_message).toContain('interrupted');
    expect(await stack.blobs()).toEqual([]);
    const again = await stack.send<ProblemBody>('POST', `/v1/runs/${run.id}/parse`);
    expect(again).toMatchObject({ status: 409, body: { code: 'no_archive' } });
  });

  it.each([
    ['no archive', /no archive/i, () => Buffer.from('hello world')],
    ['a rar', /rar/i, () => Buffer.from('Rar!\x1a\x07\x01\x00 and more')],
    ['a 7z', /7-zip/i, () => Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4])],
    ['truncated', /ends too early|cut|not whole|truncated/i, () => good.subarray(0, good.length - 30)],
    [
      'a wrong checksum',
      /a\.conf/,
      () => zipOf([{ path: 'a/local/a.conf', content: 'abc', central: { crc32: 1 }, local: { crc32: 1 } }]),
    ],
    [
      'encrypted',
      /a\.conf.*encrypted|encrypted.*a\.conf/i,
      () => zipOf([{ path: 'a/local/a.conf', content: 'abc', central: { flags: zipFlag.encrypted } }]),
    ],
    [
      'without configuration',
      /no configuration files found.*readme\.txt/,
      () => zipOf([{ path: 'readme.txt', content: 'x' }]),
    ],
    [
      'too many entries',
      /ARCHIVE_MAX_ENTRIES/,
      () => zipOf(Array.from({ length: 201 }, (_, i) => ({ path: `${i}.txt`, content: 'x' }))),
    ],
    [
      'a bomb',
      /ARCHIVE_MAX_RATIO/,
      () => tarGzOf([{ path: 'a/local/bomb.conf', content: Buffer.alloc(40 * 1024 * 1024) }]),
    ],
  ])('is stored, and its run fails for good with a reason: %s', async (_what, reason, make) => {
    const run = await stack.until((await stack.upload(await make(), 'upload.bin')).id);
    expect(run).toMatchObject({ status: 'failed', error_type: 'permanent', retry_count: 0 });
    expect(run.error_message).toMatch(/^Permanent error: /);
    expect(run.error_message).toMatch(reason);
    const task = await stack.get<Record<string, unknown>>(`/v1/worker/tasks/${run.task_id}`);
    expect(task.body).toMatchObject({ status: 'FAILURE', ready: true, successful: false });
  });

  it('with links and paths that climb is read without them', async () => {
    const archive = await tarOf([
      CONF,
      { path: 'etc/apps/a/local/inputs.conf', type: 'symlink', linkname: '/etc/passwd' },
      { path: 'x', pax: { path: '../../etc/apps/b/local/props.conf' }, content: '[evil]\n' },
    ]);
    const run = await stack.until((await stack.upload(archive, 'x.tar')).id);
    expect(run).toMatchObject({ status: 'complete', metrics: { conf_files: 1, conf_stanzas: 1 } });
  });

  it('makes one run, however often it is repeated with its key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const send = (content: Buffer) =>
      stack.send<Run & ProblemBody>('POST', '/v1/uploads', {
        headers,
        body: formOf(content, 'x.tgz', { type: 'ds_etc' }),
      });
    const [first, again] = [await send(good), await send(good)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await send(Buffer.from('other'))).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it.each([
    ['0', 400, 'invalid_run_id'],
    ['abc', 400, 'invalid_run_id'],
    ['1.5', 400, 'invalid_run_id'],
    ['99999999999999999999', 400, 'invalid_run_id'],
    ['987654321', 404, 'run_not_found'],
  ])('or a bad run id gets a clear answer: %s', async (id, status, code) => {
    expect(await stack.get<ProblemBody>(`/v1/runs/${id}`)).toMatchObject({ status, body: { code } });
    // Many clients name a type with every request.
    for (const headers of [{}, { 'content-type': 'application/json' }]) {
      const command = { headers };
      expect(await stack.send<ProblemBody>('POST', `/v1/runs/${id}/parse`, command)).toMatchObject({
        status,
        body: { code },
      });
      expect(await stack.send<ProblemBody>('DELETE', `/v1/runs/${id}`, command)).toMatchObject({
        status,
        body: { code },
      });
    }
  });
});
