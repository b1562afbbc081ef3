import { Readable } from 'node:stream';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Database } from './database.ts';
import { ConfFileStore, contentKey, type ParsedFile } from './conf-file-store.ts';
import { RunClaims } from './run-claims.ts';
import { RunFileQueries, type RunFileFilter } from './run-file-queries.ts';
import type { ManifestLine } from './manifest-line.ts';
import { type PublishedMetrics, RunPublisher } from './run-publisher.ts';
import { searchHashesOf } from './search-hashes.ts';
import { StanzaQueries, type StanzaFilter, type StanzaPosition, type StanzaRow } from './stanza-queries.ts';
import type { StoredSetting, StoredStanza } from './stored-stanza.ts';
import { TreeStore } from './tree-store.ts';
import { UploadRuns } from './upload-runs.ts';

const ALL: StanzaFilter = {
  conf: null,
  app: null,
  scope: null,
  layer: null,
  name: null,
  key: null,
  value: null,
  text: null,
  machineWritten: false,
};
const ALL_FILES: RunFileFilter = { conf: null, app: null, scope: null, layer: null, kind: null, pathPrefix: null };
const TASK = '0b8f6e0c-2f3a-4c5d-8e9f-000000000001';

const stanza = (name: string, settings: StoredSetting[]): StoredStanza => ({
  name,
  line: 1,
  headerLines: [1],
  settings,
});

const parsed = (sha256: string, conf: string, stanzas: StoredStanza[]): ParsedFile => ({
  sha256,
  kind: 'conf',
  conf,
  bytes: 10,
  stanzaCount: stanzas.length,
  settingCount: stanzas.reduce((sum, one) => sum + one.settings.length, 0),
  errorCount: 0,
  warningCount: 0,
  infoCount: 1,
  diagnostics: [{ code: 'x', severity: 'info' }],
  stanzas,
});

const PROPS = parsed('aa', 'props', [
  stanza('default', [['TRUNCATE', '0', 2, 2]]),
  stanza('access_"log"\\x', [
    ['TRUNCATE', '10', 5, 5, { o: [['overwritten', 4]] }],
    ['EXTRACT-Straße', 'a\nb', 6, 7],
  ]),
]);
const INPUTS = parsed('bb', 'inputs', [
  stanza('tcp://:1', [
    ['token', '********', 2, 2, { f: 'print' }],
    ['index', 'Main', 3, 3],
  ]),
]);
const EMPTY = parsed('cc', 'props', []);
/** Has more in it than search hashes are made of. */
const VAST = parsed('dd', 'props', [
  stanza(
    's',
    Array.from({ length: 50_000 }, (_, i): StoredSetting => [`k${i}`, '', i, i]),
  ),
]);

/** The manifest of the run below, out of order; `C` sorts before `a` in byte order. */
const PLACES = [
  { path: 'etc/apps/b/local/props.conf', file: PROPS, app: 'b', layer: 'local' },
  { path: 'etc/apps/a/default/props.conf', file: PROPS, app: 'a', layer: 'default' },
  { path: 'etc/apps/a/default/empty.conf', file: EMPTY, app: 'a', layer: 'default' },
  { path: 'etc/apps/C/local/inputs.conf', file: INPUTS, app: 'C', layer: 'local' },
];
const IGNORED: ManifestLine = {
  path: 'etc/apps/b/README/props.conf',
  fileId: null,
  kind: 'ignored',
  conf: 'props',
  app: null,
  scope: null,
  layer: null,
  owner: null,
  bytes: 5,
  sha256: null,
  stanzaCount: 0,
  reused: false,
  ignoredReason: 'documentation',
};

/** Filters, and the numbers of the stanzas that they leave. */
const FOUND: [what: string, filter: Partial<StanzaFilter>, found: number[]][] = [
  ['conf', { conf: 'inputs' }, [0]],
  ['app', { app: 'a' }, [1, 2]],
  ['layer', { layer: 'local' }, [0, 3, 4]],
  ['scope that no file has', { scope: 'user' }, []],
  ['name', { name: 'access_"log"\\x' }, [2, 4]],
  ['key', { key: 'index' }, [0]],
  ['key in its own case alone', { key: 'Index' }, []],
  ['value', { value: '0' }, [1, 3]],
  ['value with a line break', { value: 'a\nb' }, [2, 4]],
  ['key and value of one setting', { key: 'TRUNCATE', value: '10' }, [2, 4]],
  ['key and value of two settings', { key: 'TRUNCATE', value: 'a\nb' }, []],
  ['app and key', { app: 'b', key: 'TRUNCATE' }, [3, 4]],
  ['text of a name, in any case', { text: 'ACCESS_"L' }, [2, 4]],
  ['text of a key beyond ASCII', { text: 'extract-stra' }, [2, 4]],
  ['text of a value', { text: 'main' }, [0]],
  ['text with wild cards, which are none here', { text: '%' }, []],
  ['text of an overwritten value, which does not count', { text: 'overwritten' }, []],
  ['value of a secret, by its mask alone', { value: '********' }, [0]],
  ['text of a fingerprint, which is no value', { text: 'print' }, []],
];

describe('the files and stanzas of a run', () => {
  let place: TestDatabase;
  let database: Database;
  let stanzas: StanzaQueries;
  let files: RunFileQueries;
  let runId: number;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 4 });
    await database.migrate();
    stanzas = new StanzaQueries(database);
    files = new RunFileQueries(database);
    runId = await publishedRun(database);
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  const listed = (filter: StanzaFilter, after: StanzaPosition | null = null, limit = 100): Promise<StanzaRow[]> =>
    Readable.from(stanzas.list(runId, filter, { after, limit })).toArray() as Promise<StanzaRow[]>;
  const numbers = async (filter: Partial<StanzaFilter>): Promise<number[]> =>
    (await listed({ ...ALL, ...filter })).map((row) => row.n);
  const paths = async (filter: Partial<RunFileFilter>): Promise<string[]> =>
    (await files.list(runId, { ...ALL_FILES, ...filter }, { afterPath: null, limit: 100 })).map((row) => row.path);

  it('are numbered in byte order of the paths and come back with every character', async () => {
    const rows = await listed(ALL);
    expect(rows.map((row) => [row.n, row.path, row.name])).toEqual([
      [0, 'etc/apps/C/local/inputs.conf', 'tcp://:1'],
      [1, 'etc/apps/a/default/props.conf', 'default'],
      [2, 'etc/apps/a/default/props.conf', 'access_"log"\\x'],
      [3, 'etc/apps/b/local/props.conf', 'default'],
      [4, 'etc/apps/b/local/props.conf', 'access_"log"\\x'],
    ]);
    expect(rows[2]?.settings).toEqual(PROPS.stanzas[1]?.settings);
    expect(await stanzas.count(runId, ALL)).toBe(5);
  });

  it.each([1, 2, 3])('are the same on pages of %i as on one', async (limit) => {
    const seen: StanzaRow[] = [];
    for (let after: StanzaPosition | null = null; ;) {
      const page: StanzaRow[] = await listed(ALL, after, limit);
      seen.push(...page);
      after = page.at(-1) ?? null;
      if (page.length < limit) break;
    }
    expect(seen.map((row) => row.n)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are read when they are pulled, as far as they are long', async () => {
    const settingsOf = (value: string): StoredSetting[] => [['TRUNCATE', value, 2, 2]];
    const set = (value: string) =>
      database.rows(`update stanzas set settings = $1 where name = 'default'`, [JSON.stringify(settingsOf(value))]);
    await set('x'.repeat(1_000_000));
    const page = stanzas.list(runId, ALL, { after: null, limit: 2 });
    expect((await page.next()).value).toMatchObject({ n: 0 });
    await set('0');
    expect((await page.next()).value).toMatchObject({ n: 1, settings: settingsOf('0') });
    expect(await page.next()).toMatchObject({ done: true });
  });

  it('are found by number, next to files without any stanza', async () => {
    for (const n of [0, 1, 2, 3, 4]) expect(await stanzas.find(runId, n)).toMatchObject({ n });
    expect(await stanzas.find(runId, 5)).toBeNull();
    expect(await stanzas.find(runId, Number.MAX_SAFE_INTEGER)).toBeNull();
    expect(await stanzas.find(runId + 1, 0)).toBeNull();
  });

  it.each(FOUND)('are found by %s', async (_what, filter, found) => {
    expect(await numbers(filter)).toEqual(found);
  });

  it('are found as well in what is stored without search hashes', async () => {
    for (const table of ['trees', 'conf_files']) {
      await database.rows(`create table kept_${table} as select id, search_hashes from ${table}`);
      await database.rows(`update ${table} set search_hashes = null`);
      for (const [, filter, found] of FOUND) expect(await numbers(filter)).toEqual(found);
    }
    for (const table of ['trees', 'conf_files'])
      await database.rows(
        `update ${table} t set search_hashes = k.search_hashes from kept_${table} k where k.id = t.id`,
      );
  });

  it.each(['trees', 'conf_files'])(
    'are not looked for in %s whose search hashes say that there is none',
    async (table) => {
      await database.rows(`create table full_${table} as select id, search_hashes from ${table}`);
      await database.rows(`update ${table} set search_hashes = ''`);
      expect(await numbers({ key: 'TRUNCATE', value: '10' })).toEqual([]);
      expect(await numbers({ name: 'default' })).toEqual([]);
      expect(await numbers({ app: 'a' })).toEqual([1, 2]);
      await database.rows(
        `update ${table} t set search_hashes = f.search_hashes from full_${table} f where f.id = t.id`,
      );
    },
  );

  it('can be found in a tree when they can be found in one of its files, and perhaps when a file does not tell', async () => {
    const hashesOf = async (...conf_files: (string | null)[]): Promise<string | null> => {
      const lines = conf_files.map((sha256, at): ManifestLine => ({
        ...IGNORED,
        path: `etc/apps/t/local/${at}`,
        sha256,
      }));
      const files = await database.rows<{ id: number; sha256: string }>('select id, sha256 from conf_files');
      for (const line of lines) line.fileId = files.find(({ sha256 }) => sha256 === line.sha256)?.id ?? null;
      return database.transaction(async (tx) => {
        const name = conf_files.join();
        await new TreeStore(database, 1, 1).add([{ name, lines }], tx);
        const [tree] = await tx.rows<{ hashes: string | null }>(
          `select encode(search_hashes, 'hex') as hashes from trees where sha256 = $1`,
          [name],
        );
        return tree?.hashes ?? null;
      });
    };
    const hex = ({ stanzas: parts }: ParsedFile): string => searchHashesOf(parts)?.toString('hex') ?? '';
    expect(await hashesOf(null)).toBe('');
    expect(await hashesOf('cc', null)).toBe('');
    const both = await hashesOf('aa', 'bb', null);
    expect([hex(PROPS) + hex(INPUTS), hex(INPUTS) + hex(PROPS)]).toContain(both);
    await new ConfFileStore(database, 1, 1).add([VAST]);
    expect(await hashesOf('aa', 'dd')).toBeNull();
  });

  it('are listed as a manifest, in byte order, with what each file holds', async () => {
    const rows = await files.list(runId, ALL_FILES, { afterPath: null, limit: 100 });
    expect(rows.map((row) => row.path)).toEqual([
      'etc/apps/C/local/inputs.conf',
      'etc/apps/a/default/empty.conf',
      'etc/apps/a/default/props.conf',
      'etc/apps/b/README/props.conf',
      'etc/apps/b/local/props.conf',
    ]);
    expect(rows[2]).toMatchObject({ stanza_count: 2, setting_count: 3, diagnostics: [{ code: 'x' }], scope: 'app' });
    expect(rows[3]).toMatchObject({
      kind: 'ignored',
      ignored_reason: 'documentation',
      stanza_count: 0,
      diagnostics: [],
    });
    expect(await files.count(runId)).toBe(5);
  });

  it('are listed by what their path says', async () => {
    expect(await paths({ conf: 'inputs' })).toEqual(['etc/apps/C/local/inputs.conf']);
    expect(await paths({ app: 'b', layer: 'local', scope: 'app' })).toEqual(['etc/apps/b/local/props.conf']);
    expect(await paths({ kind: 'ignored' })).toEqual([IGNORED.path]);
    expect(await paths({ pathPrefix: 'etc/apps/a/' })).toHaveLength(2);
    expect(await paths({ pathPrefix: 'etc/apps/_/' })).toEqual([]);
    const behind = { afterPath: 'etc/apps/a/default/props.conf', limit: 1 };
    expect(await files.list(runId, ALL_FILES, behind)).toMatchObject([{ path: IGNORED.path }]);
  });
});

/** A complete run of the files above. */
async function publishedRun(database: Database): Promise<number> {
  const ids = await new ConfFileStore(database, 1, 1).add([PROPS, INPUTS, EMPTY]);
  const uploads = new UploadRuns(database);
  const begun = {
    queue: 'default',
    archiveName: 'a.tgz',
    idempotencyKey: null,
    receiver: 'api',
    traceparent: null,
  } as const;
  const runId = (await uploads.begin(begun)) ?? 0;
  const archive = { archiveKey: 'k', sha256: 'ab', bytes: 3, type: 'ds_etc', label: null, notes: null } as const;
  await uploads.store({ runId, queue: 'default', taskId: TASK, ...archive });
  await new RunClaims(database).claim({
    runId,
    taskId: TASK,
    worker: 'w',
    delivery: 'default/1-0',
    silenceMs: 60_000,
    traceId: null,
    reclaimed: false,
  });
  const lines = PLACES.map(({ path, file, app, layer }) => ({
    ...IGNORED,
    path,
    app,
    layer,
    fileId: ids.get(contentKey(file)) ?? null,
    kind: 'conf' as const,
    conf: file.conf,
    scope: 'app',
    stanzaCount: file.stanzaCount,
    ignoredReason: null,
  }));
  const result = {
    lines: [...lines, IGNORED],
    layout: null,
    metrics: {} as PublishedMetrics,
    peakRssBytes: 1,
    namedByArchive: false,
  };
  await new RunPublisher(database, 1, 1).publish({ runId, attempt: 1 }, () => result);
  return runId;
}
