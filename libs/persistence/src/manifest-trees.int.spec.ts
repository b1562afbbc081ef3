import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { ByteBlocks } from './byte-blocks.ts';
import { ConfFileStore, encodedFile, type ParsedFile } from './conf-file-store.ts';
import { withDataSource } from './data-source.fixture.ts';
import { Database } from './database.ts';
import type { ManifestLine } from './manifest-line.ts';
import { ManifestTrees1795000000004 } from './migrations/0004-manifest-trees.ts';
import { attemptHolder, RunClaims } from './run-claims.ts';
import { RunCommands } from './run-commands.ts';
import { RunFileQueries } from './run-file-queries.ts';
import { type PublishedMetrics, RunPublisher, type RunResult } from './run-publisher.ts';
import { TreeStore } from './tree-store.ts';
import { UploadRuns } from './upload-runs.ts';
import { treeName } from './manifest-names.ts';

const PARSER = 3;
const resultOf = (lines: ManifestLine[]): RunResult => ({
  lines,
  layout: null,
  metrics: {} as PublishedMetrics,
  peakRssBytes: 1,
  namedByArchive: false,
});

const parsed = (sha256: string, stanzaCount: number): ParsedFile => ({
  sha256,
  kind: 'conf',
  conf: 'props',
  bytes: 10,
  stanzaCount,
  settingCount: 2 * stanzaCount,
  errorCount: 1,
  warningCount: 0,
  infoCount: 0,
  diagnostics: [],
  stanzas: [],
});
const FILES = [parsed('aa', 2), parsed('bb', 0), parsed('cc', 5)];

describe('the manifest of a run', () => {
  let place: TestDatabase;
  let database: Database;
  let ids: number[];

  beforeEach(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 12 });
    await database.migrate();
    ids = [...(await new ConfFileStore(database, 1, PARSER).add(FILES)).values()];
  });
  afterEach(async () => {
    await database.close();
    await place.drop();
  });

  function line(path: string, file: number | null, reused = false): ManifestLine {
    const content = file === null ? null : FILES[file];
    return {
      path,
      kind: content ? 'conf' : 'ignored',
      conf: 'props',
      app: path.split('/')[2] ?? null,
      scope: 'app',
      layer: 'local',
      owner: null,
      bytes: content?.bytes ?? 7,
      sha256: content?.sha256 ?? null,
      ignoredReason: content ? null : 'backup',
      fileId: file === null ? null : (ids[file] ?? null),
      stanzaCount: content?.stanzaCount ?? 0,
      reused,
    };
  }
  const etc = (): ManifestLine[] => [
    line('etc/apps/b/local/props.conf', 2),
    line('etc/apps/a/default/props.conf', 0),
    line('etc/apps/a/default/props.conf.conf', null),
    line('etc/apps/a/local/props.conf', 1),
    line('etc/apps/a-b/local/props.conf', 0, true),
  ];

  async function claimed(): Promise<number> {
    const uploads = new UploadRuns(database);
    const begun = { archiveName: 'a.tgz', idempotencyKey: null, receiver: 'api', traceparent: null };
    const runId = (await uploads.begin({ ...begun, queue: 'default' })) ?? 0;
    const taskId = randomUUID();
    const archive = { archiveKey: 'k', sha256: 'ab', bytes: 3, type: 'ds_etc', label: null, notes: null } as const;
    await uploads.store({ runId, queue: 'default', taskId, ...archive });
    const holder = { worker: 'w', delivery: 'default/1-0', silenceMs: 60_000, traceId: null, reclaimed: false };
    await new RunClaims(database).claim({ runId, taskId, ...holder });
    return runId;
  }

  async function published(lines: ManifestLine[]): Promise<number> {
    const runId = await claimed();
    const publisher = new RunPublisher(database, 1, PARSER);
    expect(await publisher.publish({ runId, attempt: 1 }, () => resultOf(lines))).not.toBeNull();
    return runId;
  }

  const counts = async () => {
    const [row] = await database.rows<Record<string, number>>(
      `select (select count(*) from trees)::int as trees, (select count(*) from tree_files)::int as tree_files,
              (select count(*) from manifests)::int as manifests,
              (select count(*) from manifest_trees)::int as manifest_trees`,
    );
    return row;
  };
  const shown = (runId: number) =>
    database.rows<{ path: string; file_id: number; first_stanza: number; reused: boolean }>(
      'select * from run_files where run_id = $1 order by path',
      [runId],
    );

  it('is shown as one relation, line by line, numbered in byte order of the paths', async () => {
    const rows = await shown(await published(etc()));
    expect(rows.map((row) => [row.path, row.file_id, row.first_stanza, row.reused])).toEqual([
      ['etc/apps/a-b/local/props.conf', ids[0], 0, true],
      ['etc/apps/a/default/props.conf', ids[0], 2, false],
      ['etc/apps/a/default/props.conf.conf', null, 4, false],
      ['etc/apps/a/local/props.conf', ids[1], 4, false],
      ['etc/apps/b/local/props.conf', ids[2], 4, false],
    ]);
    expect(rows[2]).toMatchObject({ kind: 'ignored', bytes: 7, sha256: null, ignored_reason: 'backup', app: 'a' });
    expect(rows[4]).toMatchObject({ kind: 'conf', bytes: 10, sha256: 'cc', ignored_reason: null, layer: 'local' });
  });

  describe('whose files are all known', () => {
    /** The lines of a stored manifest as a worker has them that found all of its trees. */
    async function known(lines: ManifestLine[]): Promise<ManifestLine[]> {
      const apps = Map.groupBy(lines, ({ app }) => app);
      const trees = await new TreeStore(database, 1, PARSER).known([...apps.values()].map((app) => treeName(app)));
      return [...apps.values()].flatMap((app) => {
        const tree = trees.get(treeName(app));
        return app.map((one) => ({ ...one, fileId: null, reused: true, ...(tree && { tree }) }));
      });
    }
    const sorted = (lines: ManifestLine[]) => lines.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    /** A database that has no transactions to give. */
    class NoTransactions extends Database {
      override transaction(): Promise<never> {
        return Promise.reject(new Error('a transaction was asked for'));
      }
    }

    it('is published in one statement when it is stored already, like the one before', async () => {
      const before = await published(sorted(etc()));
      const runId = await claimed();
      const single = new NoTransactions({ url: place.url, applicationName: 'spec', maxConnections: 1 });
      const publisher = new RunPublisher(single, 1, PARSER);
      const result = resultOf(await known(sorted(etc())));
      expect(await publisher.publishStored({ runId, attempt: 2 }, result)).toBeNull();
      expect(await shown(runId)).toEqual([]);
      expect(await publisher.publishStored({ runId, attempt: 1 }, result)).toBe(result);
      const unchanged = (await shown(before)).map((row) => ({ ...row, run_id: runId, reused: row.file_id !== null }));
      expect(await shown(runId)).toEqual(unchanged);
      expect(await new RunCommands(database).find(runId)).toMatchObject({ status: 'complete', worker: null });
      await single.close();
    });

    it('is stored first when it was deleted meanwhile', async () => {
      const before = await published(sorted(etc()));
      const lines = await known(sorted(etc()));
      await new RunCommands(database).delete(before);
      expect(await counts()).toMatchObject({ manifests: 0, trees: 3 });
      const runId = await claimed();
      const publisher = new RunPublisher(database, 1, PARSER);
      expect(await publisher.publishStored({ runId, attempt: 2 }, resultOf(lines))).toBeNull();
      expect(await counts()).toMatchObject({ manifests: 0 });
      expect(await publisher.publishStored({ runId, attempt: 1 }, resultOf(lines))).not.toBeNull();
      expect(await counts()).toMatchObject({ manifests: 1 });
      expect(await shown(runId)).toHaveLength(etc().length);
    });
  });

  it('costs the next run nothing when nothing changed, and one tree when one app did', async () => {
    await published(etc());
    const before = await counts();
    expect(before).toEqual({ trees: 3, tree_files: 5, manifests: 1, manifest_trees: 3 });
    const again = await published(etc().reverse());
    expect(await counts()).toEqual(before);
    expect((await shown(again)).map((row) => row.file_id)).toEqual([ids[0], ids[0], null, ids[1], ids[2]]);
    await published([...etc(), line('etc/apps/b/local/inputs.conf', 1)]);
    expect(await counts()).toEqual({ trees: 4, tree_files: 7, manifests: 2, manifest_trees: 6 });
  });

  it('tells of each run for itself which files it was the first to parse', async () => {
    await published(etc());
    const again = await published(etc().map((one) => ({ ...one, reused: one.fileId !== null })));
    expect((await shown(again)).map((row) => row.reused)).toEqual([true, true, false, true, true]);
  });

  it('is whole although an archive gave the files of a known tree first and more of its folder later', async () => {
    await published(etc());
    const known = etc().filter(({ app }) => app === 'a');
    const name = treeName(known);
    const tree = (await new TreeStore(database, 1, PARSER).known([name])).get(name);
    expect(tree).toMatchObject({ fileCount: 3, stanzaCount: 2, ignored: 1, errorCount: 2 });
    expect(tree?.conf).toEqual({ files: 2, stanzas: 2, settings: 4 });
    const found = known.map((one) => ({ ...one, fileId: null, stanzaCount: 0, ...(tree && { tree }) }));
    const rows = await shown(await published([...found, line('etc/apps/a/local/zz.conf', 2)]));
    expect(rows.map((row) => [row.file_id, row.first_stanza])).toEqual([
      [ids[0], 0],
      [null, 2],
      [ids[1], 2],
      [ids[2], 2],
    ]);
  });

  it('is stored once by many runs that publish it at the same time', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, claimed));
    const publisher = new RunPublisher(database, 1, PARSER);
    await Promise.all(runs.map((runId) => publisher.publish({ runId, attempt: 1 }, () => resultOf(etc()))));
    expect(await counts()).toEqual({ trees: 3, tree_files: 5, manifests: 1, manifest_trees: 3 });
    for (const runId of runs) expect(await shown(runId)).toHaveLength(5);
  });

  it('goes with the last run that has it, and not before', async () => {
    const [first, second] = [await published(etc()), await published(etc())];
    const commands = new RunCommands(database);
    await commands.delete(first);
    expect(await shown(first)).toEqual([]);
    expect(await shown(second)).toHaveLength(5);
    await commands.delete(second);
    expect(await counts()).toMatchObject({ manifests: 0, manifest_trees: 0 });
    expect(await shown(await published(etc()))).toHaveLength(5);
  });

  it('survives runs that are published and deleted at the same time', async () => {
    const commands = new RunCommands(database);
    const publisher = new RunPublisher(database, 1, PARSER);
    for (let round = 0; round < 10; round++) {
      const old = await published(etc());
      const runs = await Promise.all(Array.from({ length: 4 }, claimed));
      await Promise.all([
        commands.delete(old),
        ...runs.map((runId) => publisher.publish({ runId, attempt: 1 }, () => resultOf(etc()))),
      ]);
      for (const runId of runs) expect(await shown(runId)).toHaveLength(5);
      await Promise.all(runs.map((runId) => commands.delete(runId)));
    }
  });

  it('does not wait for an attempt that is frozen in the middle of a transaction, once that is ended', async () => {
    const holder = attemptHolder({ runId: 1, attempt: 1 });
    const files = new ConfFileStore(database, 1, PARSER);
    const content = [parsed('dd', 1)];
    const held = Promise.withResolvers<void>();
    const frozen = database.transaction(async (tx) => {
      await files.addWithin(
        tx,
        content.map((file, i) => encodedFile(file, 1000 + i, new ByteBlocks().open())),
      );
      held.resolve();
      // The process stands still: nothing more comes from it until its session is gone.
      for (;;) await tx.rows('select 1 from pg_sleep(0.01)');
    }, holder);
    const ended = expect(frozen).rejects.toThrow();
    await held.promise;
    const next = files.add(content);
    await database.endTransactionsOf([attemptHolder({ runId: 1, attempt: 2 })]);
    await database.endTransactionsOf([holder]);
    expect((await next).size).toBe(1);
    await ended;
    const named = await database.rows('select 1 from pg_stat_activity where application_name = $1', [holder.name]);
    expect(named).toEqual([]);
  });

  it('has nothing to do with an attempt of the same name in another database of the server', async () => {
    const holder = attemptHolder({ runId: 1, attempt: 1 });
    const elsewhere = await createTestDatabase();
    const other = await Database.connect({ url: elsewhere.url, applicationName: 'spec', maxConnections: 1 });
    const goesOn = database.transaction(async (tx) => {
      await tx.rows('select 1');
      await other.endTransactionsOf([holder]);
      await sleep(100);
      return tx.rows('select 2 as two');
    }, holder);
    await expect(goesOn).resolves.toEqual([{ two: 2 }]);
    await other.close();
    await elsewhere.drop();
  });

  it('may hold more than goes in one statement, in many apps and in a single one', async () => {
    const inApp = (app: string, count: number) =>
      Array.from({ length: count }, (_, i) => line(`etc/apps/${app}/local/f${i}.conf`, i % 3));
    const lines = [...inApp('huge', 5_000), ...Array.from({ length: 40 }, (_, i) => inApp(`app${i}`, 150 + i)).flat()];
    const runId = await published(lines);
    expect(await shown(runId)).toHaveLength(lines.length);
    expect(await counts()).toEqual({ trees: 41, tree_files: lines.length, manifests: 1, manifest_trees: 41 });
    const order = await database.rows<{ ordered: boolean }>(
      `select bool_and(next.id is null or next.sha256 > t.sha256) as ordered
         from trees t left join trees next on next.id = t.id + 1`,
    );
    expect(order).toEqual([{ ordered: true }]);
  });

  it('is listed page by page without a gap', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => line(`etc/apps/${i % 7}/local/f${i}.conf`, i % 3));
    const runId = await published(lines);
    const files = new RunFileQueries(database);
    const none = { conf: null, app: null, scope: null, layer: null, kind: null, pathPrefix: null };
    const seen: string[] = [];
    for (;;) {
      const page = await files.list(runId, none, { afterPath: seen.at(-1) ?? null, limit: 4 });
      if (page.length === 0) break;
      seen.push(...page.map(({ path }) => path));
    }
    expect(seen).toEqual(lines.map(({ path }) => path).toSorted());
  });

  it('comes from the older schema unchanged, and is the manifest of the next upload of the same files', async () => {
    const runs = [await published(etc()), await published([...etc(), line('etc/apps/b/default/x.conf', 1)])];
    const before = await Promise.all(runs.map(shown));
    await withDataSource(place.url, async (source) => {
      const own = source.migrations.findIndex((migration) => migration instanceof ManifestTrees1795000000004);
      for (let left = source.migrations.length - own; left > 0; left--) await source.undoLastMigration();
    });
    expect(await Promise.all(runs.map(shown))).toEqual(before);
    await database.migrate();
    expect(await Promise.all(runs.map(shown))).toEqual(before);
    const carried = await counts();
    await published(etc());
    expect(await counts()).toEqual(carried);
  });
});
