import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { ConfFileStore, contentKey, type ParsedFile } from './conf-file-store.ts';
import { ContentJanitor } from './content-janitor.ts';
import { Database, type Transaction, type TransactionHolder } from './database.ts';
import { ContentCollected } from './content-collected.ts';
import type { ManifestLine } from './manifest-line.ts';
import { treeName } from './manifest-names.ts';
import { RunClaims } from './run-claims.ts';
import { RunCommands } from './run-commands.ts';
import { type PublishedMetrics, RunPublisher } from './run-publisher.ts';
import { type Prepared, sqlFile } from './sql-file.ts';
import { TreeStore } from './tree-store.ts';
import { UploadRuns } from './upload-runs.ts';

const PARSER = 3;
const METRICS = {} as PublishedMetrics;
const LAYOUT = { instances: [], schemes: [] };

const parsed = (sha256: string): ParsedFile => ({
  sha256,
  kind: 'conf',
  conf: 'props',
  bytes: 10,
  stanzaCount: 1,
  settingCount: 1,
  errorCount: 0,
  warningCount: 0,
  infoCount: 0,
  diagnostics: [],
  stanzas: [{ name: sha256, line: 1, headerLines: [], settings: [['k', 'v', 2, 2]] }],
});
const keyed = (sha256: string) => ({ ...parsed(sha256), key: contentKey(parsed(sha256)) });

const opened: Database[] = [];

/** Does something else in the middle of a transaction: behind the statement that fills this table, before the commit. */
class InterruptedDatabase extends Database {
  constructor(
    url: string,
    private readonly table: string,
    private readonly meanwhile: () => Promise<unknown>,
  ) {
    super({ url, applicationName: 'spec', maxConnections: 2 });
    opened.push(this);
  }

  override transaction<T>(work: (tx: Transaction) => Promise<T>, holder?: TransactionHolder | null): Promise<T> {
    return super.transaction(
      (tx) =>
        work({
          rows: async <Row>(sql: string | Prepared, parameters?: unknown[]) => {
            const rows = await tx.rows<Row>(sql, parameters);
            if ((typeof sql === 'string' ? sql : sql.text).includes(`insert into ${this.table} `))
              await this.meanwhile();
            return rows;
          },
          copy: (target, rows) => tx.copy(target, rows),
        }),
      holder ?? null,
    );
  }
}

describe('content that no run uses', () => {
  let place: TestDatabase;
  let database: Database;
  let janitor: ContentJanitor;
  beforeEach(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 12 });
    await database.migrate();
    janitor = new ContentJanitor(database, { unusedMs: 0, marginMs: 0 });
  });
  afterEach(async () => {
    for (const other of opened.splice(0)) await other.close();
    await database.close();
    await place.drop();
  });

  const files = (on = database) => new ConfFileStore(on, 1, PARSER);
  const trees = (on = database) => new TreeStore(on, 1, PARSER);
  const idOf = async (sha256: string) => (await files().add([parsed(sha256)])).get(contentKey(parsed(sha256))) ?? 0;

  function line(app: string, sha256: string, fileId: number | null): ManifestLine {
    const place = { app, scope: 'app', layer: 'local', owner: null, ignoredReason: null } as const;
    const path = `etc/apps/${app}/local/props.conf`;
    return { path, kind: 'conf', conf: 'props', ...place, bytes: 10, sha256, fileId, stanzaCount: 1, reused: false };
  }

  async function claimed(): Promise<{ runId: number; attempt: number }> {
    const uploads = new UploadRuns(database);
    const begun = { archiveName: 'a.tgz', idempotencyKey: null, receiver: 'api', traceparent: null };
    const runId = (await uploads.begin({ ...begun, queue: 'default' })) ?? 0;
    const taskId = randomUUID();
    const archive = { sha256: 'ab', bytes: 3, type: 'ds_etc', label: null, notes: null } as const;
    await uploads.store({ runId, queue: 'default', taskId, archiveKey: `runs/${runId}`, ...archive });
    const holder = { worker: 'w', delivery: 'default/1-0', silenceMs: 60_000, traceId: null, reclaimed: false };
    await new RunClaims(database).claim({ runId, taskId, ...holder });
    return { runId, attempt: 1 };
  }
  const publish = (fence: { runId: number; attempt: number }, lines: ManifestLine[], on = database) =>
    new RunPublisher(on, 1, PARSER).publish(fence, () => ({
      lines,
      layout: LAYOUT,
      metrics: METRICS,
      peakRssBytes: 1,
      namedByArchive: false,
    }));

  async function published(lines: ManifestLine[]): Promise<number> {
    const fence = await claimed();
    expect(await publish(fence, lines)).not.toBeNull();
    return fence.runId;
  }

  /** A tree that an attempt has stored and not published, as the attempt remembers it. */
  async function storedTree(app: string, sha256: string): Promise<ManifestLine> {
    const lines = [line(app, sha256, await idOf(sha256))];
    const ids = await database.transaction((tx) => trees().add([{ name: treeName(lines), lines }], tx));
    const tree = { id: ids.get(treeName(lines)) ?? 0, fileCount: 1, stanzaCount: 1 };
    return { ...line(app, sha256, null), tree };
  }

  const counts = async () => {
    const [row] = await database.rows<Record<string, number>>(
      `select (select count(*) from manifests)::int as manifests, (select count(*) from manifest_trees)::int as places,
              (select count(*) from trees)::int as trees, (select count(*) from tree_files)::int as lines,
              (select count(*) from conf_files)::int as files, (select count(*) from stanzas)::int as stanzas,
              (select count(*) from layouts)::int as layouts`,
    );
    return row;
  };
  const shown = (runId: number) =>
    database.rows<{ sha256: string; name: string }>(
      `select f.sha256, s.name from run_files f join stanzas s on s.file_id = f.file_id where run_id = $1 order by path`,
      [runId],
    );

  /** The step of the janitor that deletes, held open until `meanwhile` waits for it. */
  async function collecting<T>(name: string, table: string, meanwhile: () => Promise<T>): Promise<T> {
    await database.rows(sqlFile(`mark-unused-${name}`), [0, 100]);
    const other = await database.transaction(async (tx) => {
      const lock = sqlFile('lock-unused').replace('from content_table', `from ${table}`);
      const rows = await tx.rows<{ id: number }>(lock, [0, 0, 0, 100]);
      const deleted = await tx.rows(sqlFile(`collect-${name}`), [rows.map(({ id }) => id)]);
      expect(deleted).toEqual([{ count: 1 }]);
      const result = meanwhile();
      let isWaiting = true;
      void result.catch(() => undefined).finally(() => (isWaiting = false));
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while (isWaiting && (await database.rows(waiting)).length === 0);
      expect(isWaiting).toBe(true);
      return { result };
    });
    return other.result;
  }

  it('is collected from the manifest down to the stanzas, and nothing of what another run uses', async () => {
    const [aa, bb] = [await idOf('aa'), await idOf('bb')];
    const kept = await published([line('a', 'aa', aa)]);
    const gone = await published([line('a', 'aa', aa), line('b', 'bb', bb)]);
    expect(await janitor.run()).toEqual({ manifests: 0, trees: 0, files: 0, layouts: 0 });
    await database.rows('delete from run_manifests where run_id = $1', [gone]);
    await database.rows('delete from runs where id = $1', [gone]);
    expect(await janitor.run()).toEqual({ manifests: 1, trees: 1, files: 1, layouts: 0 });
    expect(await counts()).toEqual({ manifests: 1, places: 1, trees: 1, lines: 1, files: 1, stanzas: 1, layouts: 1 });
    expect(await shown(kept)).toEqual([{ sha256: 'aa', name: 'aa' }]);
    await new RunCommands(database).delete(kept);
    await janitor.run();
    expect(Object.values((await counts()) ?? {})).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('stays until it has been unused for long enough, and for good when it is used again', async () => {
    const patient = new ContentJanitor(database, { unusedMs: 3_600_000, marginMs: 0 });
    const age = () => database.rows(`update conf_files set unused_since = unused_since - interval '2 h'`);
    const aa = await idOf('aa');
    await patient.run();
    await age();
    const run = await published([line('a', 'aa', aa)]);
    expect(await patient.run()).toMatchObject({ files: 0 });
    await new RunCommands(database).delete(run);
    expect(await patient.run()).toMatchObject({ files: 0, trees: 0 });
    await database.rows(`update trees set unused_since = unused_since - interval '2 h'`);
    await age();
    expect(await patient.run()).toMatchObject({ files: 1, trees: 1 });
  });

  it('stays while an attempt is in progress that has looked it up, whether before it was marked or after', async () => {
    await idOf('aa');
    await storedTree('b', 'bb');
    const early = await claimed();
    await janitor.run();
    const late = await claimed();
    const name = treeName([line('b', 'bb', null)]);
    const lookUp = async () => [(await files().find([keyed('aa')])).known.size, (await trees().known([name])).size];
    expect(await lookUp()).toEqual([1, 1]);
    await new RunCommands(database).cancel(early.runId);
    await janitor.run();
    expect(await lookUp()).toEqual([1, 1]);
    await new RunCommands(database).cancel(late.runId);
    expect(await janitor.run()).toMatchObject({ trees: 1, files: 2 });
    expect(await lookUp()).toEqual([0, 0]);
  });

  it('counts an attempt as in progress whose claim was being committed when it was marked', async () => {
    await idOf('aa');
    await database.rows(sqlFile('mark-unused-files'), [0, 100]);
    await claimed();
    expect(await new ContentJanitor(database, { unusedMs: 0 }).run()).toMatchObject({ files: 0 });
  });

  it('is not known any more, and added anew, by who looks for it while it is collected', async () => {
    const aa = await idOf('aa');
    expect((await collecting('files', 'conf_files', () => files().find([keyed('aa')]))).known.size).toBe(0);
    await idOf('aa');
    const added = await collecting('files', 'conf_files', () => files().add([parsed('aa')]));
    expect([...added.values()][0]).toBeGreaterThan(aa);
    await new RunCommands(database).delete(await published([line('a', 'aa', [...added.values()][0] ?? 0)]));
    expect(await counts()).toMatchObject({ files: 1, stanzas: 1 });
    const known = await collecting('trees', 'trees', () => trees().known([treeName([line('a', 'aa', null)])]));
    expect(known.size).toBe(0);
  });

  it('is never named by a tree that is stored while it is collected', async () => {
    const lines = [line('a', 'aa', await idOf('aa'))];
    const tree = { name: treeName(lines), lines };
    const add = (on = database) => on.transaction((tx) => trees(on).add([tree], tx));
    await expect(collecting('files', 'conf_files', add)).rejects.toThrow(ContentCollected);
    expect(await counts()).toMatchObject({ trees: 0, lines: 0 });
    const again = [line('a', 'aa', await idOf('aa'))];
    const interrupted = new InterruptedDatabase(place.url, 'tree_files', () => janitor.run());
    await interrupted.transaction((tx) => trees(interrupted).add([{ name: tree.name, lines: again }], tx));
    expect(await counts()).toMatchObject({ trees: 1, lines: 1, files: 1, stanzas: 1 });
  });

  it('is never named by a manifest that is published while it is collected', async () => {
    const fence = await claimed();
    // An attempt that was given up goes on: nobody counts it as in progress, and what it has looked up is collected.
    await database.rows(`update runs set started_at = now() + interval '1 h' where id = $1`, [fence.runId]);
    const stale = await storedTree('a', 'aa');
    await expect(collecting('trees', 'trees', () => publish(fence, [stale]))).rejects.toThrow(ContentCollected);
    expect(await counts()).toMatchObject({ manifests: 0, places: 0 });
    const fresh = await storedTree('a', 'aa');
    const interrupted = new InterruptedDatabase(place.url, 'manifest_trees', () => janitor.run());
    expect(await publish(fence, [fresh], interrupted)).not.toBeNull();
    expect(await shown(fence.runId)).toEqual([{ sha256: 'aa', name: 'aa' }]);
  });

  it.each(['layouts', 'manifests'])(
    'is never one of the %s of a run that takes it up while it is collected',
    async (kind) => {
      const [run, next] = [await published([line('a', 'aa', await idOf('aa'))]), await claimed()];
      const lines = [line('a', 'aa', await idOf('aa'))];
      await database.rows('delete from run_manifests');
      await database.rows('update runs set layout_id = null where id = $1', [run]);
      await database.rows(`update runs set started_at = now() + interval '1 h' where id = $1`, [next.runId]);
      expect(await collecting(kind, kind, () => publish(next, lines))).not.toBeNull();
      expect(await janitor.run()).toEqual({ manifests: 0, trees: 0, files: 0, layouts: 0 });
      expect(await shown(next.runId)).toEqual([{ sha256: 'aa', name: 'aa' }]);
      expect(await counts()).toMatchObject({ manifests: 1, places: 1, layouts: 1 });
    },
  );

  it('that is held is left alone, and is in use when the janitor comes the next time', async () => {
    const run = await published([line('a', 'aa', await idOf('aa'))]);
    const next = await claimed();
    await new RunCommands(database).delete(run);
    await database.rows(`update runs set started_at = now() + interval '1 h' where id = $1`, [next.runId]);
    await database.transaction(async (tx) => {
      const [layout] = await tx.rows<{ id: number }>('select id from layouts for key share');
      expect(await janitor.run()).toMatchObject({ layouts: 0 });
      await tx.rows('update runs set layout_id = $2 where id = $1', [next.runId, layout?.id]);
    });
    expect(await janitor.run()).toMatchObject({ layouts: 0 });
  });
});
