import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBlobStore } from '@confscope/blob-store';
import { ContentJanitor, Database, Retention } from '@confscope/persistence';
import { createLogger, loadConfig } from '@confscope/service-kit';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Retain } from './retain.ts';
import { workerSettings } from './settings.ts';

const logger = await createLogger({ service: 'spec', level: 'silent', format: 'json' });

const DAY_MS = 86_400_000;
const NEVER = { runsMs: 0, archivesMs: 0 };

describe('a worker that retains what the policy says', () => {
  let place: TestDatabase;
  let database: Database;
  let folder: string;
  let blobs: FileBlobStore;
  let reported: unknown[];
  beforeEach(async () => {
    reported = [];
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 4 });
    await database.migrate();
    folder = mkdtempSync(join(tmpdir(), 'confscope-retain-'));
    blobs = FileBlobStore.at(folder);
    await blobs.prepare();
  });
  afterEach(async () => {
    await database.close();
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A run of this status that ended a year ago, with its archive. */
  async function oldRun(status: string): Promise<string> {
    const [run] = await database.rows<{ id: number }>(
      `insert into runs (status, queue, completed_at) values ($1, 'low', now() - interval '1 year') returning id`,
      [status],
    );
    const key = `runs/${run?.id}`;
    await database.rows('update runs set archive_key = $2 where id = $1', [run?.id, key]);
    await blobs.write(key, archive(), 100);
    return key;
  }
  const retain = (
    policy = NEVER,
    store: Pick<FileBlobStore, 'delete' | 'ping'> = blobs,
    janitor: ContentJanitor | null = null,
  ) =>
    new Retain(new Retention(database), janitor, store, policy, {
      info: (fields: unknown) => reported.push(fields),
    }).run();
  const isThere = (key: string) =>
    blobs.read(key).then(
      () => true,
      () => false,
    );
  const runs = () => database.rows('select status, archive_key from runs order by id');

  it('does nothing when nothing is asked for', async () => {
    const key = await oldRun('complete');
    await database.rows(`insert into layouts (project_id, sha256, document) values (1, 'aa', '{}')`);
    await retain();
    expect(await isThere(key)).toBe(true);
    expect(await runs()).toEqual([{ status: 'complete', archive_key: key }]);
    expect(await database.rows('select unused_since from layouts')).toEqual([{ unused_since: null }]);
  });

  it('deletes old runs with their archives, and those alone', async () => {
    const [complete, parsing, stored] = [await oldRun('complete'), await oldRun('parsing'), await oldRun('stored')];
    await retain({ runsMs: DAY_MS, archivesMs: DAY_MS });
    expect(await Promise.all([complete, parsing, stored].map(isThere))).toEqual([false, true, true]);
    expect(await runs()).toEqual([
      { status: 'parsing', archive_key: parsing },
      { status: 'stored', archive_key: stored },
    ]);
  });

  it('takes its policy from the settings, in days and hours', async () => {
    const required = { DATABASE_URL: place.url, REDIS_URL: 'redis://x', SECRETS_FINGERPRINT_KEY: '0'.repeat(64) };
    const by = (env: Record<string, string>) =>
      Retain.by(loadConfig(workerSettings, { ...required, ...env }), database, blobs, logger).run();
    const key = await oldRun('complete');
    await by({});
    await by({ RETENTION_RUNS_DAYS: '400', RETENTION_ARCHIVES_DAYS: '370', RETENTION_CONTENT_HOURS: '1' });
    expect(await runs()).toEqual([{ status: 'complete', archive_key: key }]);
    await by({ RETENTION_RUNS_DAYS: '400', RETENTION_ARCHIVES_DAYS: '360' });
    expect(await runs()).toEqual([{ status: 'complete', archive_key: null }]);
    await by({ RETENTION_RUNS_DAYS: '360' });
    expect(await runs()).toEqual([]);
  });

  it('deletes the archives alone of old runs', async () => {
    const key = await oldRun('complete');
    await retain({ runsMs: 0, archivesMs: DAY_MS });
    expect(await isThere(key)).toBe(false);
    expect(await runs()).toEqual([{ status: 'complete', archive_key: null }]);
  });

  it('deletes an archive later that the storage did not delete when its run went', async () => {
    const key = await oldRun('failed');
    await oldRun('failed');
    const asked: string[] = [];
    const store = {
      delete: (key: string) => {
        asked.push(key);
        return blobs.delete(key);
      },
      ping: () => blobs.ping(),
    };
    await rename(join(folder, 'blobs'), join(folder, 'away'));
    await expect(retain({ runsMs: DAY_MS, archivesMs: 0 }, store)).rejects.toThrow('ENOENT');
    expect(await runs()).toEqual([]);
    expect(asked).toEqual([key]);
    await rename(join(folder, 'away'), join(folder, 'blobs'));
    expect(await isThere(key)).toBe(true);
    await retain();
    expect(await isThere(key)).toBe(false);
    expect(await database.rows('select from unwanted_archives')).toEqual([]);
  });

  it('deletes all archives but the ones that cannot be deleted, says so, and tries these again', async () => {
    const keys = [await oldRun('failed'), await oldRun('complete'), await oldRun('cancelled')];
    const [stuck = ''] = keys;
    await rm(join(folder, 'blobs', stuck));
    await mkdir(join(folder, 'blobs', stuck, 'not empty'), { recursive: true });
    const unwanted = () => database.rows('select archive_key from unwanted_archives');

    await expect(retain({ runsMs: DAY_MS, archivesMs: 0 })).rejects.toThrow(stuck);
    expect(await Promise.all(keys.slice(1).map(isThere))).toEqual([false, false]);
    expect(await unwanted()).toEqual([{ archive_key: stuck }]);
    expect(reported).toEqual([
      { kind: 'runs', count: 3 },
      { kind: 'archives', count: 2 },
    ]);

    await expect(retain()).rejects.toThrow(stuck);
    expect(reported).toHaveLength(2);
    await rm(join(folder, 'blobs', stuck), { recursive: true });
    await retain();
    expect(await unwanted()).toEqual([]);
    expect(reported[2]).toEqual({ kind: 'archives', count: 1 });
  });

  it('counts an archive once that two workers delete at the same time', async () => {
    for (let i = 0; i < 3; i++) await oldRun('complete');
    const overtaken = {
      delete: async (key: string) => {
        await retain();
        await blobs.delete(key);
      },
      ping: () => blobs.ping(),
    };
    await retain({ runsMs: DAY_MS, archivesMs: 0 }, overtaken);
    expect(reported).toEqual([
      { kind: 'runs', count: 3 },
      { kind: 'archives', count: 3 },
    ]);
  });

  it('collects content that no run uses when it is asked to', async () => {
    await database.rows(`insert into layouts (project_id, sha256, document) values (1, 'aa', '{}')`);
    await retain(NEVER, blobs, new ContentJanitor(database, { unusedMs: 0, marginMs: 0 }));
    expect(await database.rows('select from layouts')).toEqual([]);
  });
});

async function* archive(): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield Buffer.from('an archive');
}
