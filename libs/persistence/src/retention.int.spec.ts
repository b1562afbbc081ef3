import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Database } from './database.ts';
import { Retention } from './retention.ts';
import { RunClaims } from './run-claims.ts';
import { RunCommands } from './run-commands.ts';
import { sqlFile } from './sql-file.ts';
import { UploadRuns } from './upload-runs.ts';
import { WorkerQueries } from './worker-queries.ts';

const DAY_MS = 86_400_000;

describe('retention', () => {
  let place: TestDatabase;
  let database: Database;
  let retention: Retention;
  let commands: RunCommands;
  beforeEach(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 6 });
    await database.migrate();
    retention = new Retention(database);
    commands = new RunCommands(database);
  });
  afterEach(async () => {
    await database.close();
    await place.drop();
  });

  async function stored(): Promise<{ runId: number; taskId: string }> {
    const uploads = new UploadRuns(database);
    const begun = { archiveName: 'a.tgz', idempotencyKey: null, receiver: 'api', traceparent: null };
    const runId = (await uploads.begin({ ...begun, queue: 'default' })) ?? 0;
    const taskId = randomUUID();
    const archive = { archiveKey: `runs/${runId}`, sha256: 'ab', bytes: 3, type: 'ds_etc', label: null } as const;
    await uploads.store({ runId, queue: 'default', taskId, notes: null, ...archive });
    return { runId, taskId };
  }

  async function parsing(): Promise<{ runId: number; taskId: string }> {
    const run = await stored();
    const holder = { worker: 'w', delivery: 'default/1-0', silenceMs: 60_000, traceId: null, reclaimed: false };
    await new RunClaims(database).claim({ ...run, ...holder });
    return run;
  }

  /** A run that failed this many days ago. */
  async function ended(days: number): Promise<{ runId: number; taskId: string }> {
    const run = await parsing();
    const failure = { errorType: 'permanent', message: 'no', traceback: null, metrics: {}, peakRssBytes: 1 } as const;
    await new RunClaims(database).fail({ runId: run.runId, attempt: 1 }, { ...failure, outcome: 'failed' });
    const age = [run.runId, days];
    await database.rows(`update runs set completed_at = now() - $2 * interval '1 day' where id = $1`, age);
    await database.rows(`update attempts set ended_at = now() - $2 * interval '1 day' where run_id = $1`, age);
    return run;
  }

  const runIds = async () =>
    (await database.rows<{ id: number }>('select id from runs order by id')).map(({ id }) => id);
  async function unwanted(): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of retention.unwantedArchives()) keys.push(...page);
    return keys;
  }

  it('deletes runs that ended long enough ago, and none that waits or is being parsed, however old', async () => {
    const [old, young, waiting, held] = [await ended(9), await ended(2), await stored(), await parsing()];
    await database.rows(
      `update runs set created_at = now() - interval '1 year', started_at = now() - interval '1 year'`,
    );
    expect(await retention.expireRuns(5 * DAY_MS)).toBe(1);
    expect(await runIds()).toEqual([young.runId, waiting.runId, held.runId]);
    expect(await unwanted()).toEqual([`runs/${old.runId}`]);
    expect(await new WorkerQueries(database).attemptsOf(old.runId)).toEqual([]);
    expect(await new WorkerQueries(database).attemptsOf(young.runId)).toHaveLength(1);
  });

  it('deletes any number of runs, and remembers their archives until they are gone', async () => {
    await database.rows(
      `insert into runs (status, queue, archive_key, completed_at)
       select 'cancelled', 'low', 'runs/' || n, now() - interval '9 days' from generate_series(1, 1234) n`,
    );
    expect(await retention.expireRuns(5 * DAY_MS)).toBe(1234);
    const keys = await unwanted();
    expect(new Set(keys).size).toBe(1234);
    expect(await retention.archivesGone(keys.slice(2))).toBe(1232);
    const said = await Promise.all([keys, keys].map((both) => retention.archivesGone(both.slice(1))));
    expect(said.sort()).toEqual([0, 1]);
    expect(await unwanted()).toEqual(keys.slice(0, 1));
  });

  it('leaves a run alone that somebody asks to parse again at this moment', async () => {
    const [again, other] = [await ended(9), await ended(9)];
    await database.transaction(async (tx) => {
      await tx.rows(sqlFile('redispatch-run'), [again.runId, randomUUID(), null]);
      expect(await retention.expireArchives(5 * DAY_MS)).toBe(1);
      expect(await retention.expireRuns(5 * DAY_MS)).toBe(1);
    });
    expect(await retention.expireRuns(5 * DAY_MS)).toBe(0);
    expect(await commands.find(again.runId)).toMatchObject({ status: 'stored', archive_key: `runs/${again.runId}` });
    expect(await unwanted()).toEqual([`runs/${other.runId}`]);
  });

  it('takes the archive of an old run, which can then be parsed no more and is told so', async () => {
    const { runId } = await ended(9);
    expect(await retention.expireArchives(5 * DAY_MS)).toBe(1);
    expect(await retention.expireArchives(5 * DAY_MS)).toBe(0);
    expect(await commands.find(runId)).toMatchObject({ status: 'failed', archive_key: null, archive_sha256: 'ab' });
    expect(await commands.redispatch(runId, randomUUID(), null)).toBeNull();
    expect(await unwanted()).toEqual([`runs/${runId}`]);
  });

  it('never calls an archive unwanted that a run has', async () => {
    const { runId } = await stored();
    await database.rows('insert into unwanted_archives (archive_key) values ($1)', [`runs/${runId}`]);
    expect(await unwanted()).toEqual([]);
  });

  it('keeps the ledger of a run that was deleted by hand, until it is as old as a run may become', async () => {
    const { runId, taskId } = await ended(2);
    expect(await commands.delete(runId)).toEqual({ archiveKey: `runs/${runId}` });
    const queries = new WorkerQueries(database);
    await retention.expireRuns(5 * DAY_MS);
    expect(await queries.lastAttemptOf(taskId)).toMatchObject({
      run_id: runId,
      outcome: 'failed',
      error_message: 'no',
    });
    await retention.expireRuns(DAY_MS);
    expect(await queries.lastAttemptOf(taskId)).toBeNull();
  });

  it('is the work of one process at a time', async () => {
    await ended(9);
    await database.transaction(async (tx) => {
      await tx.rows(`select pg_advisory_xact_lock(hashtext('confscope.retention'))`);
      expect(await retention.expireRuns(5 * DAY_MS)).toBe(0);
    });
    expect(await retention.expireRuns(5 * DAY_MS)).toBe(1);
  });
});
