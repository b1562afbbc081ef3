import { Database } from '@confscope/persistence';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { type Answer, type RunningService, startBuiltService } from './testing/running-service.ts';
import { completeRun, parsingRun, type SampleRun, storedRun } from './testing/sample-runs.ts';

interface List {
  items: Record<string, unknown>[];
  next_cursor: string | null;
  total?: number;
}

describe('the status API, over HTTP', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let service: RunningService;
  let complete: SampleRun;
  let parsing: SampleRun;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis()]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    complete = await completeRun(database, 'prod');
    parsing = await parsingRun(database, 'test');
    await storedRun(database, 'prod');
    service = await startBuiltService({ DATABASE_URL: place.url, REDIS_URL: redis.server.url });
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await database.close();
    await Promise.all([place.drop(), redis.remove()]);
  });

  const get = (path: string, headers?: Record<string, string>): Promise<Answer> => service.get(path, headers);
  const listOf = async (path: string): Promise<List> => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    return answer.body as List;
  };
  const idsOf = (list: List) => list.items.map((item) => item['id']);
  const numbersOf = (list: List) => list.items.map((item) => item['n']);

  describe('lists runs', () => {
    it('from the newest to the oldest, by cursor along the link to the next page', async () => {
      const first = await get('/v1/runs?limit=2');
      const { items, next_cursor, total } = first.body as List;
      expect(items.map((item) => item['id'])).toEqual([parsing.id + 1, parsing.id]);
      expect(total).toBe(3);
      const link = first.headers.get('link') ?? '';
      expect(link).toBe(`</v1/runs?limit=2&cursor=${next_cursor}>; rel="next"`);
      const last = await get(link.slice(1, link.indexOf('>')));
      expect(last.body).toMatchObject({ items: [{ id: complete.id }], next_cursor: null, total: 3 });
      expect(last.headers.get('link')).toBeNull();
    });

    it('by number of the page too', async () => {
      const first = await get('/v1/runs?page=1&per_page=1&label=prod');
      expect(first.headers.get('link')).toBe('</v1/runs?page=2&per_page=1&label=prod>; rel="next"');
      expect(idsOf(await listOf('/v1/runs?page=2&per_page=1&label=prod'))).toEqual([complete.id]);
      expect(idsOf(await listOf('/v1/runs?page=3&per_page=1&label=prod'))).toEqual([]);
    });

    it('that a filter leaves', async () => {
      expect(await listOf('/v1/runs?status=parsing&type=ds_etc')).toMatchObject({
        items: [{ id: parsing.id, label: 'test', archive: { name: 'etc.tgz', bytes: 3 } }],
        total: 1,
      });
      expect(idsOf(await listOf('/v1/runs?type=single_conf'))).toEqual([]);
      expect(idsOf(await listOf('/v1/runs?since=2999-01-01T00:00:00Z'))).toEqual([]);
      expect(idsOf(await listOf('/v1/runs?since=2000-01-01T00:00:00.5%2B02:00'))).toHaveLength(3);
    });
  });

  it('shows a run, and its small form', async () => {
    const small = { id: parsing.id, status: 'parsing', task_id: parsing.taskId, retry_count: 0, error_type: null };
    const run = await get(`/v1/runs/${parsing.id}`);
    expect(run.body).toMatchObject({ ...small, links: { files: `/v1/runs/${parsing.id}/files` } });
    expect(run.headers.get('cache-control')).toBe('no-store');
    const status = await get(`/v1/runs/${parsing.id}/status`);
    expect(status.body).toEqual({
      ...small,
      error_message: null,
      progress: { percent: 0, bytes_done: 0, bytes_total: 3, files: 0, stanzas: 0, remaining_seconds: null },
    });
  });

  it('lists the files of a run', async () => {
    const files = `/v1/runs/${complete.id}/files`;
    const all = await listOf(files);
    expect(all.total).toBe(3);
    expect(all.items[0]).toEqual({
      path: 'etc/apps/a/local/props.conf',
      conf: 'props',
      kind: 'conf',
      app: 'a',
      scope: 'app',
      target: 'instance',
      layer: 'local',
      user: null,
      sha256: 'aa',
      bytes: 40,
      stanza_count: 2,
      setting_count: 3,
      reused: false,
      ignored_reason: null,
      diagnostics: [{ code: 'duplicate-key', severity: 'warning', line: 4 }],
    });
    expect(all.items[1]).toMatchObject({ kind: 'ignored', ignored_reason: 'backup-folder', diagnostics: [] });
    const below = await listOf(`${files}?path=etc/apps/b/&kind=conf&scope=app&layer=local&conf=props&app=b`);
    expect(below.items).toMatchObject([{ path: 'etc/apps/b/local/props.conf' }]);
    expect(below).not.toHaveProperty('total');
    const first = await listOf(`${files}?limit=2`);
    const rest = await listOf(`${files}?limit=2&cursor=${first.next_cursor}`);
    expect([...first.items, ...rest.items]).toEqual(all.items);
    expect(rest.next_cursor).toBeNull();
  });

  it('lists the stanzas of a run, and shows each by its number', async () => {
    const stanzas = `/v1/runs/${complete.id}/stanzas`;
    const all = await listOf(stanzas);
    expect([numbersOf(all), all.total]).toEqual([[0, 1, 2, 3], 4]);
    expect(all.items[1]).toEqual({
      n: 1,
      name: 'web',
      conf: 'props',
      kind: 'conf',
      app: 'a',
      scope: 'app',
      layer: 'local',
      user: null,
      path: 'etc/apps/a/local/props.conf',
      line: 4,
      header_lines: [4, 9],
      settings: [
        { key: 'KV_MODE', value: 'None', line: 5, end_line: 5, overwritten: [], masked: false },
        {
          key: 'password',
          value: '********',
          line: 6,
          end_line: 7,
          overwritten: [],
          masked: true,
          fingerprint: 'print',
        },
      ],
    });
    expect((await get(`${stanzas}/1`)).body).toEqual(all.items[1]);
    expect((await get(`${stanzas}/0`)).body).toMatchObject({ settings: [{ overwritten: [{ value: '0', line: 2 }] }] });
    const first = await listOf(`${stanzas}?limit=3`);
    const rest = await listOf(`${stanzas}?limit=3&cursor=${first.next_cursor}`);
    expect([...first.items, ...rest.items]).toEqual(all.items);
    expect(numbersOf(await listOf(`${stanzas}?app=b&key=KV_MODE&value=None`))).toEqual([3]);
    expect(numbersOf(await listOf(`${stanzas}?q=nOnE`))).toEqual([1, 3]);
    expect(numbersOf(await listOf(`${stanzas}?q=print`))).toEqual([]);
  });

  it('lists nothing of a run that is not complete', async () => {
    for (const what of ['files', 'stanzas']) {
      const answer = await get(`/v1/runs/${parsing.id}/${what}`);
      expect(answer.body).toEqual({ items: [], next_cursor: null, total: 0 });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('etag')).toBeNull();
    }
  });

  it.each(['', '/status', '/files', '/files?app=a', '/stanzas', '/stanzas?q=web', '/stanzas/2'])(
    'tags what never changes, and does not send it twice: %s of a complete run',
    async (what) => {
      const path = `/v1/runs/${complete.id}${what}`;
      const first = await get(path);
      const tag = first.headers.get('etag') ?? '';
      expect(tag).toMatch(/^"[\w-]+"$/);
      expect((await get(path)).headers.get('etag')).toBe(tag);
      expect((await get(`${path}${what.includes('?') ? '&' : '?'}limit=7`)).headers.get('etag')).not.toBe(tag);
      const again = await get(path, { 'if-none-match': `"other", W/${tag}` });
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, null, tag]);
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
    },
  );

  it.each(['0', 'abc', '1.5', '-1', '01', '99999999999999999999'])('refuses the run id %s', async (id) => {
    for (const what of ['', '/status', '/files', '/stanzas', '/stanzas/0']) {
      const answer = await get(`/v1/runs/${id}${what}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        400,
        expect.stringContaining('application/problem+json'),
      ]);
      expect(answer.body).toMatchObject({ status: 400, code: 'invalid_run_id', errors: [{ field: 'id' }] });
    }
  });

  it('refuses an address that cannot be decoded as it refuses all else', async () => {
    const answer = await get('/v1/runs/%E0%A4%A');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(answer.body).toMatchObject({ status: 400, code: 'fst_err_bad_url', errors: [] });
  });

  it('does not know runs and stanzas that are not there', async () => {
    for (const what of ['', '/status', '/files', '/stanzas', '/stanzas/0'])
      expect(await get(`/v1/runs/987654${what}`)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
    const missing = { status: 404, body: { code: 'stanza_not_found' } };
    expect(await get(`/v1/runs/${complete.id}/stanzas/4`)).toMatchObject(missing);
    expect(await get(`/v1/runs/${complete.id}/stanzas/9007199254740991`)).toMatchObject(missing);
    expect(await get(`/v1/runs/${parsing.id}/stanzas/0`)).toMatchObject(missing);
    const wrong = { status: 400, body: { code: 'invalid_stanza_number' } };
    expect(await get(`/v1/runs/${complete.id}/stanzas/x`)).toMatchObject(wrong);
  });

  it.each([
    ['/v1/runs?status=done', 'status must be one of pending, stored, parsing, complete, failed, cancelled.'],
    ['/v1/runs?type=zip', 'type must be one of ds_etc, instance_etc, app_bundle, single_conf.'],
    ['/v1/runs?limit=0', 'limit must be a whole number from 1 to 500.'],
    ['/v1/runs?limit=1e1', 'limit must be a whole number from 1 to 500.'],
    ['/v1/runs?per_page=x', 'per_page must be a whole number from 1 to 500.'],
    ['/v1/runs?page=0', 'page must be a whole number from 1 to 1000000.'],
    ['/v1/runs?label=a&label=b', 'label must be given once.'],
    ['/v1/runs?label=%00', 'label must not contain a NUL character.'],
    ['/v1/runs?since=yesterday', 'since must be an RFC 3339 time such as 2026-01-31T08:00:00Z; write "+" as %2B.'],
    ['/v1/runs?since=2026-13-01T00:00:00Z', 'since must be an RFC 3339 time'],
    ['/v1/runs?since=2026-02-31T00:00:00Z', 'since must be an RFC 3339 time'],
    ['/v1/runs?cursor=x', 'cursor must be the next_cursor of an earlier page of this list.'],
    ['/v1/runs?cursor=WzFd&page=2', 'page and cursor exclude each other'],
    ['/v1/runs?colour=red', 'colour'],
    ['/v1/runs?__proto__=1', 'There is no parameter "__proto__" here'],
    ['/v1/runs/1/stanzas?constructor', 'There is no parameter "constructor" here'],
    ['/v1/runs/1/files?kind=x', 'kind must be one of conf, meta, ignored.'],
    ['/v1/runs/1/files?layer=x', 'layer must be one of default, local.'],
    ['/v1/runs/1/files?cursor=WzFd', 'cursor must be the next_cursor of an earlier page of this list.'],
    ['/v1/runs/1/files?q=x', 'There is no parameter "q" here'],
    [
      '/v1/runs/1/stanzas?scope=x',
      'scope must be one of system, app, user, peer, manager, deployment, shcluster, single.',
    ],
    ['/v1/runs/1/stanzas?q=', 'q must not be empty.'],
    ['/v1/runs/1/stanzas?cursor=WyJ4IiwxXQ', 'cursor must be the next_cursor of an earlier page of this list.'],
  ])('says what is wrong with %s', async (path, detail) => {
    const { status, body } = await get(path);
    expect([status, body]).toEqual([400, expect.objectContaining({ status: 400 })]);
    expect((body as { detail: string }).detail).toContain(detail);
    expect((body as { errors: unknown[] }).errors).toHaveLength(1);
  });

  it('describes all of its routes', async () => {
    const { paths } = (await get('/openapi.json')).body as { paths: Record<string, unknown> };
    expect(Object.keys(paths).sort()).toEqual([
      '/v1/quarantine',
      '/v1/runs',
      '/v1/runs/{id}',
      '/v1/runs/{id}/apps',
      '/v1/runs/{id}/attempts',
      '/v1/runs/{id}/diagnostics',
      '/v1/runs/{id}/effective/{conf}',
      '/v1/runs/{id}/events',
      '/v1/runs/{id}/explain',
      '/v1/runs/{id}/files',
      '/v1/runs/{id}/stanzas',
      '/v1/runs/{id}/stanzas/{n}',
      '/v1/runs/{id}/status',
      '/v1/worker/health',
      '/v1/worker/metrics',
      '/v1/worker/queues',
      '/v1/worker/runs/{id}/status',
      '/v1/worker/tasks/{task_id}',
    ]);
  });
});
