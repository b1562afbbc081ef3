import { Database } from '@confscope/persistence';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { runOfTree } from '../testing/run-of-tree.ts';
import { type RunningService, startBuiltService } from '../testing/running-service.ts';

interface Answer {
  items: { stanza: string; key: string; value: string; beats: { stanza: string; value: string; by: string }[] }[];
  total: number;
  event?: { sourcetype: string | null; stanzas: { stanza: string }[] };
}

const ETC = {
  'etc/system/default/props.conf': [
    '[default]\nTRUNCATE = 10000\nCHARSET = UTF-8\n',
    '[access]\nTRUNCATE = 500\nKV_MODE = none\n',
    '[source::...access.log]\nsourcetype = access\npriority = 3\nTZ = UTC\n',
    '[source::/var/...]\nsourcetype = other\nTZ = CET\n',
  ].join(''),
  'etc/system/local/props.conf': '[host::web*]\nTRUNCATE = 7\n[host::WEB1]\nTRUNCATE = 8\n[source::(?>x)]\n',
  'etc/apps/a/local/props.conf': '[access]\nEVAL-x = 1\n[rule::r]\nsourcetype = access\n',
  'etc/apps/a/metadata/default.meta': '[]\nexport = none\n',
  'etc/apps/b/local/transforms.conf': '[t]\nREGEX = .\n',
};
const SOURCE = '/var/log/access.log';

describe('what props.conf comes to for one event, over HTTP', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let service: RunningService;
  let etc: string;
  let slow: string;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis()]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    etc = `/v1/runs/${(await runOfTree(database, ETC)).id}/effective`;
    const hostile = Array.from({ length: 12 }, (_, i) => `[source::(a+)+${i}]\nTZ = UTC\n`).join('');
    const many = Array.from({ length: 1100 }, (_, i) => `[host::(?#${i})...]\nk${i} = 1\nTZ = CET\n`).join('');
    const odd = {
      'etc/apps/a/local/props.conf': `${hostile}[source::b]\nTZ = CET\n${many}[source::${'('.repeat(9000)}]\n`,
    };
    slow = `/v1/runs/${(await runOfTree(database, odd)).id}/effective`;
    service = await startBuiltService({ DATABASE_URL: place.url, REDIS_URL: redis.server.url });
  });
  afterAll(async () => {
    await service.stop();
    await database.close();
    await Promise.all([place.drop(), redis.remove()]);
  });

  const ask = async (path: string, event: Readonly<Record<string, string>>): Promise<Answer> => {
    const answer = await service.get(`${path}/props?${new URLSearchParams(event).toString()}`);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as Answer;
  };
  const inShort = ({ items }: Answer) => items.map(({ stanza, key, value }) => `[${stanza}] ${key} = ${value}`);

  it('has the settings of all stanzas for the event, those of its source first', async () => {
    const answer = await ask(etc, { source: SOURCE, host: 'Web1' });
    expect(inShort(answer)).toEqual([
      '[default] CHARSET = UTF-8',
      '[access] EVAL-x = 1',
      '[access] KV_MODE = none',
      '[host::WEB1] TRUNCATE = 8',
      '[source::...access.log] TZ = UTC',
      '[source::...access.log] priority = 3',
      '[source::...access.log] sourcetype = access',
    ]);
    expect(answer.total).toBe(7);
    expect(answer.items[3]).toMatchObject({
      ...{ path: 'etc/system/local/props.conf', line: 4, inherited_from: null, inherited_by: null },
      beats: [
        { stanza: 'host::web*', value: '7', by: 'other-stanza', path: 'etc/system/local/props.conf', line: 2 },
        { stanza: 'access', value: '500', by: 'other-stanza' },
        { stanza: 'default', value: '10000', by: 'other-stanza' },
      ],
    });
  });

  it('says which stanzas those are and why they stand in this order', async () => {
    const { event } = await ask(etc, { source: SOURCE, host: 'Web1' });
    expect(event).toMatchObject({
      ...{ source: SOURCE, host: 'Web1', sourcetype: 'access', sourcetype_given_by: 'source::...access.log' },
      stanzas: [
        { stanza: 'source::...access.log', field: 'source', match: 'pattern', priority: 3, line: 7 },
        { stanza: 'source::/var/...', field: 'source', match: 'pattern', priority: 0 },
        { stanza: 'host::WEB1', field: 'host', match: 'literal', priority: 100, path: 'etc/system/local/props.conf' },
        { stanza: 'host::web*', field: 'host', match: 'pattern', priority: 0, scope: 'system', layer: 'local' },
        { stanza: 'access', field: 'sourcetype', match: 'literal', priority: 100, app: 'a' },
      ],
      unread: [{ stanza: 'source::(?>x)', why: 'it is no regular expression, or uses what only PCRE has' }],
    });
  });

  it('takes the sourcetype that is asked for, and pages and filters as it does elsewhere', async () => {
    const given = await ask(etc, { source: SOURCE, sourcetype: 'none such', own: 'true' });
    expect(inShort(given).map((line) => line.split(']')[0])).toEqual(Array(3).fill('[source::...access.log'));
    expect(given.event).toMatchObject({ sourcetype: 'none such', sourcetype_given_by: null });
    expect(inShort(await ask(etc, { sourcetype: 'access', key: 'TRUNCATE' }))).toEqual(['[access] TRUNCATE = 500']);
    const page = await ask(etc, { source: SOURCE, limit: '2' });
    expect([page.items.length, page.total]).toEqual([2, 7]);
    expect(inShort(await ask(etc, { host: 'db1', own: 'true' }))).toEqual([]);
  });

  it('leaves out what an app does not export to the one that asks', async () => {
    const answer = await ask(etc, { sourcetype: 'access', app: 'b' });
    expect(inShort(answer)).not.toContain('[access] EVAL-x = 1');
    expect(inShort(answer)).toContain('[access] KV_MODE = none');
  });

  it('takes the sourcetype of index time, and its new name at search time', async () => {
    const files = {
      'etc/apps/a/local/props.conf': '[source::s]\nsourcetype = one\n',
      'etc/apps/b/local/props.conf': '[one]\nrename = two\nEVAL-x = 1\n[two]\nEVAL-y = 2\n',
    };
    const run = `/v1/runs/${(await runOfTree(database, files)).id}/effective`;
    expect(inShort(await ask(run, { source: 's', own: 'true' }))).toEqual([
      '[one] EVAL-x = 1',
      '[one] rename = two',
      '[source::s] sourcetype = one',
    ]);
    const answer = await ask(run, { source: 's', app: 'b' });
    expect(inShort(answer)).toEqual(['[two] EVAL-y = 2']);
    expect(answer.event).toMatchObject({
      ...{ sourcetype: 'two', sourcetype_given_by: 'source::s', sourcetype_renamed_by: 'one' },
      stanzas: [{ stanza: 'two' }],
    });
  });

  it('is not to be kept when a pattern took too long, which may be another time', async () => {
    const files = { 'etc/apps/a/local/props.conf': '[source::(a+)+]\n[host::h]\nTZ = UTC\n' };
    const run = `/v1/runs/${(await runOfTree(database, files)).id}/effective`;
    const slowOne = await service.get(`${run}/props?host=h&source=${'a'.repeat(60)}!`);
    expect(slowOne).toMatchObject({
      status: 200,
      body: { total: 1, event: { unread: [{ stanza: 'source::(a+)+', why: 'its pattern takes too long' }] } },
    });
    expect([slowOne.headers.get('cache-control'), slowOne.headers.get('etag')]).toEqual(['no-store', null]);
    expect((await service.get(`${run}/props?host=h`)).headers.get('etag')).toMatch(/^"/);
  });

  it('is refused when it would be too large to be put together', async () => {
    const keys = Array.from({ length: 400 }, (_, k) => `k${k} = v\n`).join('');
    const name = 'x'.repeat(3000);
    const many = Array.from({ length: 900 }, (_, i) => `[host::(?#${i}${name})...]\n${keys}`).join('');
    const run = `/v1/runs/${(await runOfTree(database, { 'etc/apps/a/local/props.conf': many })).id}/effective`;
    expect(await service.get(`${run}/props?host=h&limit=400`)).toMatchObject({
      status: 422,
      body: { code: 'answer_too_large' },
    });
    expect((await ask(run, { host: 'h', limit: '1' })).total).toBe(400);
  });

  it('gives up when many patterns take for ever, says which, and goes on answering', async () => {
    const answer = await service.get(`${slow}/props?source=${'a'.repeat(60)}!`);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'pattern_too_slow', detail: expect.stringContaining('[source::(a+)+0]') as string },
    });
    const { items, event } = await ask(slow, { source: 'b' });
    expect(items).toMatchObject([{ stanza: 'source::b', key: 'TZ', value: 'CET' }]);
    expect(event).toMatchObject({ unread: [{ stanza: `source::${'('.repeat(248)}…` }], unread_count: 1 });
  });

  it('gives up when more stanzas are for the event than anybody could mean', async () => {
    expect(await service.get(`${slow}/props?host=a`)).toMatchObject({
      status: 422,
      body: { code: 'too_many_stanzas', detail: expect.stringContaining('More than 1000 stanzas') as string },
    });
  });

  it.each([
    ['transforms?host=a', 'host has a meaning for props alone: no stanza of transforms is for events.'],
    ['props?source=a&stanza=b', 'stanza has no meaning with source; leave one of them out.'],
    ['props?sourcetype=a&prefix=b', 'prefix has no meaning with sourcetype; leave one of them out.'],
    ['props?sourcetype=a&inherit', 'inherit has no meaning with sourcetype; leave one of them out.'],
    ['props?host=a&format=btool', 'host has no meaning with format=btool; leave format out.'],
    ['props?host=', 'host must not be empty.'],
  ])('refuses %s', async (question, message) => {
    const answer = await service.get(`${etc}/${question}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ message }] } });
  });
});
