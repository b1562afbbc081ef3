import { existsSync, readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type EntryHead, openArchive } from '@confscope/archive';
import type { BlobStore } from '@confscope/blob-store';
import { findSecret, MASK, maskText, parseConfBytes, type Setting } from '@confscope/conf-parser';
import {
  ContentCollected,
  ContentJanitor,
  type Database,
  type ParsedFile,
  RunClaims,
  RunCommands,
  RunFileQueries,
  StanzaQueries,
  type StanzaRow,
  type StoredSetting,
  UploadRuns,
} from '@confscope/persistence';
import { BufferSource, createTestDatabase, tarGzOf } from '@confscope/testing';
import { type ConfEntry, ConfFileReader } from './conf-files.ts';
import { LIMITS, parsePlace } from './parse-place.fixture.ts';
import { ParseRun } from './parse-run.ts';

const corpus = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus');
const ALL = {
  conf: null,
  app: null,
  scope: null,
  layer: null,
  name: null,
  key: null,
  value: null,
  text: null,
  machineWritten: true,
};

/** Many small files in an order that no archiver would choose, with everything in them that is hard to store. */
async function oddArchive(edited = false): Promise<Buffer> {
  const files = Array.from({ length: 700 }, (_, i) => ({
    path: `etc/apps/app_${(i * 37) % 90}/${i % 3 === 0 ? 'local' : 'default'}/conf_${i % 11}.conf`,
    content: [
      i % 5 === 0 ? 'before = any header\n' : '',
      `[stanza ${i % 40}]\n`,
      `key = value ${i % 60}\nkey = again\ttab \\backslash "quote" 'é' \u{1F600}\n`,
      `long = one \\\n  two \\\n three\npassword = hunter${i % 7}\n`,
      i % 9 === 0 ? 'nul = a\0b\nlone = \\ud800\n[]\n[unclosed\njunk\n' : '',
      edited && i === 350 ? 'edited = yes\n' : '',
    ].join(''),
  }));
  const unique = [...new Map(files.map((file) => [file.path, file])).values()];
  return tarGzOf([
    ...unique,
    { path: 'etc/apps/app_1/metadata/default.meta', content: '[]\naccess = read : [ * ]\n' },
    { path: 'etc/apps/app_1/local.old/props.conf', content: '[x]\n' },
    { path: 'etc/apps/app_1/README.txt', content: 'no configuration' },
    // The folder of the first app comes once more, behind all others.
    { path: 'etc/apps/app_0/local/late.conf', content: '[late]\na = 1\n' },
  ]);
}

describe('what a run stores', () => {
  let database: Database;
  let blobs: BlobStore;
  let remove: () => Promise<void>;
  beforeAll(async () => ({ database, blobs, remove } = await parsePlace(await createTestDatabase())));
  afterAll(() => remove());

  async function ingest(
    archive: Buffer,
    reader = new ConfFileReader(Buffer.alloc(32, 1)),
  ): Promise<{ id: number; metrics: Record<string, number> }> {
    const uploads = new UploadRuns(database);
    const begun = { archiveName: 'etc.tgz', idempotencyKey: null, receiver: 'api', traceparent: null };
    const runId = (await uploads.begin({ ...begun, queue: 'default' })) ?? 0;
    const archiveKey = `runs/${runId}`;
    const { bytes, sha256 } = await blobs.write(archiveKey, chunksOf(archive), 1e9);
    const taskId = randomUUID();
    const upload = { archiveKey, sha256, bytes, type: 'ds_etc', label: null, notes: null } as const;
    await uploads.store({ runId, queue: 'default', taskId, ...upload });
    const holder = { worker: 'w', delivery: 'default/1-0', silenceMs: 60_000, reclaimed: false, traceId: null };
    await new RunClaims(database).claim({ runId, taskId, ...holder });
    const parseRun = new ParseRun(database, blobs, LIMITS, reader);
    const job = { runId, attempt: 1, projectId: 1, archiveKey, archiveName: 'etc.tgz', traceparent: null };
    const ignore = () => undefined;
    const options = { signal: new AbortController().signal, onProgress: ignore };
    const parse = () => parseRun.run(job, options);
    // As a worker does: what has to be stored anew after all is a matter for the next attempt.
    const again = (error: unknown) => {
      if (error instanceof ContentCollected) return parse();
      throw error;
    };
    expect(await parse().catch(again)).not.toBeNull();
    const [run] = await database.rows<{ metrics: Record<string, number> }>('select metrics from runs where id = $1', [
      runId,
    ]);
    return { id: runId, metrics: run?.metrics ?? {} };
  }

  /** Everything that the run shows: all pages of its stanzas, by path. */
  async function shown(runId: number): Promise<Map<string, StanzaRow[]>> {
    const queries = new StanzaQueries(database);
    const byPath = new Map<string, StanzaRow[]>();
    let after: StanzaRow | null = null;
    for (;;) {
      const listed = queries.list(runId, ALL, { after, limit: 500 });
      const page = (await Readable.from(listed).toArray()) as StanzaRow[];
      for (const row of page) byPath.set(row.path, [...(byPath.get(row.path) ?? []), row]);
      after = page.at(-1) ?? null;
      if (page.length < 500) return byPath;
    }
  }

  /** Compares a run with what the parser says of each file of the archive, file by file and setting by setting. */
  async function expectWhole(runId: number, archive: Buffer): Promise<void> {
    const stanzas = await shown(runId);
    let number = 0;
    const files = await database.rows<{ path: string; kind: 'conf' | 'meta'; conf: string; file_id: number | null }>(
      'select path, kind, conf, file_id from run_files where run_id = $1 order by path',
      [runId],
    );
    const contents = await contentsOf(archive);
    for (const { path, kind, conf, file_id } of files) {
      if (file_id === null) continue;
      const content = contents.get(path);
      if (!content) throw new Error(`${path} is not in the archive.`);
      const parsed = parseConfBytes(content, { kind, conf });
      const rows = stanzas.get(path) ?? [];
      expect(rows.map((row) => [row.n, row.name, row.line, row.header_lines])).toEqual(
        parsed.stanzas.map(({ name, line, headerLines }) => [number++, stored(maskText(name)), line, headerLines]),
      );
      for (const [i, stanza] of parsed.stanzas.entries()) {
        const secret = (setting: Setting, value: string) =>
          kind === 'conf' && findSecret(conf, stanza.name, setting.key, value) !== null;
        const expected = stanza.settings.map((setting) => [
          stored(setting.key),
          secret(setting, setting.value) ? MASK : stored(setting.value),
          setting.line,
          setting.endLine,
          setting.overwritten.map(({ value, line }) => [secret(setting, value) ? MASK : stored(value), line]),
        ]);
        expect(rows[i]?.settings.map(plain)).toEqual(expected);
      }
    }
    expect(await new StanzaQueries(database).count(runId, { machineWritten: true })).toBe(number);
    expect(await new RunFileQueries(database).count(runId)).toBe(files.length);
  }

  it('is, file by file and setting by setting, what the parser says, whatever the order of the archive', async () => {
    const archive = await oddArchive();
    const first = await ingest(archive);
    await expectWhole(first.id, archive);
    const contents = [...(await contentsOf(archive))].filter(([path]) => /\/(default|local|metadata)\//.test(path));
    expect(first.metrics['files_parsed']).toBe(contents.length);
    const [reused] = await database.rows<{ count: number }>(
      'select count(*)::int from run_files where run_id = $1 and reused',
      [first.id],
    );
    expect(first.metrics['files_reused']).toBe(reused?.count);
  });

  it('is the same for the same archive again, of which nothing is parsed, and for one that was edited', async () => {
    const archive = await oddArchive();
    const [first, again] = [await ingest(archive), await ingest(archive)];
    await expectWhole(again.id, archive);
    expect(again.metrics['files_reused']).toBe(again.metrics['files_parsed']);
    const comparable = ({ metrics }: typeof first) => ({ ...metrics, files_reused: 0, duration_seconds: 0 });
    expect(comparable(again)).toEqual(comparable(first));
    const edited = await oddArchive(true);
    const third = await ingest(edited);
    await expectWhole(third.id, edited);
    expect(third.metrics['files_reused']).toBe((third.metrics['files_parsed'] ?? 0) - 1);
  });

  it('comes together in one transaction where little of it is new, however many batches it is spread over', async () => {
    const filler = `# ${'why so '.repeat(200)}\n`.repeat(40);
    const apps = (edit: string) =>
      tarGzOf(
        Array.from({ length: 100 }, (_, i) => [
          { path: `etc/apps/large_${i}/default/savedsearches.conf`, content: `${filler}[large ${i}]\nsearch = ${i}\n` },
          { path: `etc/apps/small_${i}/local/props.conf`, content: `[small ${i}]\nTZ = UTC\n${i % 5 ? '' : edit}` },
        ]).flat(),
      );
    const transactionsOf = async (runId: number) => {
      const [row] = await database.rows<{ count: number }>(
        `select count(distinct f.xmin::text)::int as count
           from run_files r join conf_files f on f.id = r.file_id where r.run_id = $1 and not r.reused`,
        [runId],
      );
      return row?.count;
    };
    const first = await ingest(await apps(''));
    expect(await transactionsOf(first.id)).toBeGreaterThan(3);
    const archive = await apps('SHOULD_LINEMERGE = false\n');
    const edited = await ingest(archive);
    expect(await transactionsOf(edited.id)).toBe(1);
    expect(edited.metrics['files_parsed']).toBe((edited.metrics['files_reused'] ?? 0) + 20);
    await expectWhole(edited.id, archive);
  });

  it('is parsed once of an archive whose last file says whose all of it is, and which is read twice', async () => {
    const archive = await tarGzOf([
      { path: 'default/props.conf', content: '[said last]\nTZ = UTC\n' },
      { path: 'metadata/default.meta', content: '[]\nexport = system\n' },
      { path: 'default/app.conf', content: '[package]\nid = said_last\n' },
    ]);
    let parsed = 0;
    class CountingReader extends ConfFileReader {
      override read(entry: ConfEntry): ParsedFile {
        parsed++;
        return super.read(entry);
      }
    }
    const { id, metrics } = await ingest(archive, new CountingReader(Buffer.alloc(32, 1)));
    await expectWhole(id, archive);
    const apps = await database.rows('select distinct app from run_files where run_id = $1', [id]);
    expect(apps).toEqual([{ app: 'said_last' }]);
    expect(parsed).toBe(3);
    expect(metrics).toMatchObject({ files_parsed: 3, files_reused: 0 });
  });

  it('is of a tar what unpacking it leaves: the last of each path, and hard links', async () => {
    const path = (app: string) => `etc/apps/${app}/default/props.conf`;
    const text = (value: string) => `[unpacked]\nTZ = ${value}\n`;
    const tar = await tarGzOf([
      { path: path('a'), content: text('OLD') },
      { path: path('same_as_old_a'), type: 'link', linkname: path('a') },
      { path: path('b'), content: text('B') },
      { path: path('a'), content: text('NEW') },
      { path: path('same_as_b'), type: 'link', linkname: path('b') },
      { path: path('somewhere'), type: 'symlink', linkname: '/opt/props.conf' },
      { path: '/opt/splunk/etc/apps/c/default/props.conf', content: text('C') },
    ]);
    const unpacked = await tarGzOf([
      { path: path('a'), content: text('NEW') },
      { path: path('b'), content: text('B') },
      { path: path('same_as_b'), content: text('B') },
      { path: path('same_as_old_a'), content: text('OLD') },
    ]);
    const { id, metrics } = await ingest(tar);
    await expectWhole(id, unpacked);
    expect([...(await shown(id)).keys()]).toEqual(['a', 'b', 'same_as_b', 'same_as_old_a'].map(path));
    expect(metrics).toMatchObject({ files_parsed: 4, files_reused: 1, conf_files: 4 });
    const [layout] = await database.rows<{ document: unknown }>(
      'select l.document from runs r join layouts l on l.id = r.layout_id where r.id = $1',
      [id],
    );
    expect(layout?.document).toMatchObject({
      leftOut: [
        { path: path('somewhere'), reason: 'link' },
        { path: '/opt/splunk/etc/apps/c/default/props.conf', reason: 'absolute-path' },
      ],
      leftOutCount: 2,
    });
  });

  it('is what three runs of the same new archive make of it together', async () => {
    const archive = await tarGzOf(
      Array.from({ length: 1200 }, (_, i) => ({
        path: `etc/apps/both_${i % 200}/default/c${i}.conf`,
        content: `[both ${i % 1100}]\nkey = ${i % 1100}\n`,
      })),
    );
    const runs = await Promise.all([ingest(archive), ingest(archive), ingest(archive)]);
    for (const { id } of runs) await expectWhole(id, archive);
    const [names] = await database.rows<{ doubles: number }>(
      `select (count(*) - count(distinct (sha256, kind, conf, parser_version)))::int as doubles from conf_files`,
    );
    expect(names?.doubles).toBe(0);
  });

  it('is whole although a janitor collects all the while what the runs before it left behind', async () => {
    const variants = await Promise.all(
      Array.from({ length: 6 }, (_, variant) =>
        tarGzOf(
          Array.from({ length: 120 }, (_, i) => ({
            path: `etc/apps/app_${i % 30}/default/c${i}.conf`,
            content: `[some ${(i * variant) % 50}]\nkey = ${i % 7}\n`,
          })),
        ),
      ),
    );
    const janitor = new ContentJanitor(database, { unusedMs: 0, marginMs: 0 });
    const collected = { trees: 0, files: 0 };
    let working = true;
    const cleaning = (async () => {
      while (working) {
        const { trees, files } = await janitor.run();
        collected.trees += trees;
        collected.files += files;
      }
    })();
    const uploader = async (first: number) => {
      for (let n = 0; n < 10; n++) {
        const archive = variants[(first + n * 5) % variants.length] ?? Buffer.alloc(0);
        const { id } = await ingest(archive);
        await expectWhole(id, archive);
        await new RunCommands(database).delete(id);
      }
    };
    await Promise.all([uploader(0), uploader(1), uploader(2)]).finally(() => (working = false));
    await cleaning;
    expect(collected.trees).toBeGreaterThan(100);
    expect(collected.files).toBeGreaterThan(100);
    const dangling = `select from tree_files t where file_id is not null
                        and not exists (select from conf_files f where f.id = t.file_id)`;
    expect(await database.rows(dangling)).toEqual([]);
  });

  it('is, of a file that cannot be parsed, what came before it: the run fails once that is stored', async () => {
    const apps = Array.from({ length: 1100 }, (_, i) => ({
      path: `etc/apps/app_${i}/local/inputs.conf`,
      content: `[monitor://${i}]\nindex = failing\n`,
    }));
    const parsing = Promise.withResolvers<void>();
    let count = 0;
    class FailingReader extends ConfFileReader {
      override read(entry: ConfEntry): ParsedFile {
        count++;
        if (count <= 1050) return super.read(entry);
        parsing.resolve();
        throw new Error('no such luck');
      }
    }
    const failing = await database.transaction(async (tx) => {
      // What is to be stored waits until the next file has failed.
      await tx.rows('lock table stanzas in share mode');
      const run = ingest(await tarGzOf(apps), new FailingReader(Buffer.alloc(32, 1))).then(
        () => null,
        (error: unknown) => error,
      );
      await parsing.promise;
      await new Promise((resolve) => setImmediate(resolve));
      return { run };
    });
    expect(await failing.run).toMatchObject({ message: 'no such luck' });
    expect(count).toBe(1051);
    const stored = `select count(*)::int as files from conf_files f join stanzas s on s.file_id = f.id
                     where s.settings @> '[["index", "failing"]]'`;
    expect(await database.rows(stored)).toEqual([{ files: 1024 }]);
  });

  // The published apps lie beside the checkout on some machines; the made archives above prove the same everywhere.
  if (existsSync(corpus))
    it('of published apps is, setting by setting, what the parser says, and counts as the reference does', async () => {
      const archive = readFileSync(join(corpus, 'etc-300-apps.tar.gz'));
      const { id, metrics } = await ingest(archive);
      await expectWhole(id, archive);
      const lines = readFileSync(join(corpus, 'expected.ndjson'), 'utf8').trim().split('\n');
      const expected = lines
        .map((line) => JSON.parse(line) as Record<string, number | string>)
        .find(({ archive: name }) => name === 'etc-300-apps.tar.gz');
      for (const count of [
        'conf_files',
        'conf_stanzas',
        'conf_settings',
        'meta_files',
        'meta_stanzas',
        'meta_settings',
      ])
        expect(metrics[count]).toBe(expected?.[count]);
    });
});

async function* chunksOf(archive: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  // What is given to the store is its own.
  yield Buffer.from(archive);
}

async function contentsOf(archive: Buffer): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const choose = ({ path }: EntryHead) => (/\.(conf|meta)$/.test(path) ? { path, reads: true } : null);
  for await (const entries of openArchive(new BufferSource(archive, 'etc.tgz'), LIMITS, choose))
    for (const { choice, content } of entries) if (content) contents.set(choice.path, Buffer.from(content));
  return contents;
}

/** PostgreSQL stores no NUL; it is shown as its symbol. */
const stored = (text: string): string => text.replaceAll('\0', '\u2400');

const plain = ([key, value, line, endLine, more]: StoredSetting) => [key, value, line, endLine, more?.o ?? []];
