import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Database } from './database.ts';
import { RunClaims } from './run-claims.ts';
import { RunCommands } from './run-commands.ts';
import { type PublishedMetrics, RunPublisher } from './run-publisher.ts';
import { RunQueries, type RunFilter, type RunPage } from './run-queries.ts';
import { UploadRuns } from './upload-runs.ts';
import { WorkerQueries } from './worker-queries.ts';

const ALL: RunFilter = { status: null, type: null, label: null, since: null };
const FIRST: RunPage = { beforeId: null, offset: 0, limit: 100 };

interface Stored {
  id: number;
  taskId: string;
}

describe('what is asked of all runs', () => {
  let place: TestDatabase;
  let database: Database;
  let runs: RunQueries;
  let work: WorkerQueries;
  let claims: RunClaims;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 4 });
    await database.migrate();
    runs = new RunQueries(database);
    work = new WorkerQueries(database);
    claims = new RunClaims(database);
  });
  beforeEach(() => database.rows('truncate runs, attempts, run_manifests'));
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  async function stored(label: string | null = null, queue: 'high' | 'default' = 'default'): Promise<Stored> {
    const uploads = new UploadRuns(database);
    const begun = { queue, archiveName: 'a.tgz', idempotencyKey: null, receiver: 'api', traceparent: null };
    const id = (await uploads.begin(begun)) ?? 0;
    const taskId = randomUUID();
    const archive = { archiveKey: 'k', sha256: 'ab', bytes: 3, type: 'ds_etc', notes: null } as const;
    await uploads.store({ runId: id, label, queue, taskId, ...archive });
    return { id, taskId };
  }

  async function parsing(): Promise<Stored> {
    const run = await stored();
    const holder = { worker: 'w', delivery: 'default/1-0', silenceMs: 60_000, traceId: null, reclaimed: false };
    await claims.claim({ runId: run.id, taskId: run.taskId, ...holder });
    return run;
  }

  async function complete(seconds: number): Promise<Stored> {
    const run = await parsing();
    await database.rows(`update runs set started_at = now() - $2 * interval '1 s' where id = $1`, [run.id, seconds]);
    const result = { lines: [], layout: null, metrics: {} as PublishedMetrics, peakRssBytes: 1, namedByArchive: false };
    await new RunPublisher(database, 1, 1).publish({ runId: run.id, attempt: 1 }, () => result);
    return run;
  }

  async function failed(retries: number): Promise<Stored> {
    const run = await parsing();
    await database.rows('update runs set retry_count = $2 where id = $1', [run.id, retries]);
    const failure = { errorType: 'permanent', message: `m${run.id}`, traceback: null, metrics: {} } as const;
    await claims.fail({ runId: run.id, attempt: 1 }, { ...failure, outcome: 'failed', peakRssBytes: null });
    return run;
  }

  async function waitsForRetry(): Promise<Stored> {
    const run = await parsing();
    const leave = { outcome: 'retry', retryCount: 1, delayMs: 60_000, errorType: 'transient', message: 'm' } as const;
    await claims.leave({ runId: run.id, attempt: 1 }, { ...leave, traceback: null, peakRssBytes: null });
    return run;
  }

  const ids = async (filter: Partial<RunFilter>, page: Partial<RunPage> = {}): Promise<number[]> =>
    (await runs.list({ ...ALL, ...filter }, { ...FIRST, ...page })).map((run) => run.id);

  it('lists runs from the newest to the oldest, by cursor and by number of the page', async () => {
    const made = [await stored(), await stored(), await stored(), await stored()].map((run) => run.id).reverse();
    expect(await ids({})).toEqual(made);
    expect(await ids({}, { limit: 2 })).toEqual(made.slice(0, 2));
    expect(await ids({}, { limit: 2, beforeId: made[1] ?? 0 })).toEqual(made.slice(2));
    expect(await ids({}, { limit: 2, offset: 1 })).toEqual(made.slice(1, 3));
  });

  it('lists and counts the runs that a filter leaves', async () => {
    const labelled = await stored('prod');
    const running = await parsing();
    expect(await ids({ label: 'prod' })).toEqual([labelled.id]);
    expect(await ids({ label: 'pro' })).toEqual([]);
    expect(await ids({ status: 'parsing' })).toEqual([running.id]);
    expect(await ids({ type: 'ds_etc', status: 'stored' })).toEqual([labelled.id]);
    expect(await ids({ type: 'single_conf' })).toEqual([]);
    await database.rows(`update runs set created_at = '2020-01-01T00:00:00Z' where id = $1`, [labelled.id]);
    expect(await ids({ since: new Date('2020-01-01T00:00:00Z') })).toEqual([running.id, labelled.id]);
    expect(await ids({ since: new Date('2020-01-01T00:00:01Z') })).toEqual([running.id]);
    expect(await runs.count({ ...ALL, since: new Date('2020-01-01T00:00:01Z') })).toBe(1);
    expect(await runs.count(ALL)).toBe(2);
  });

  it('finds a run by its current task, and a task that was replaced in the ledger', async () => {
    const run = await failed(0);
    expect(await work.runOfTask(run.taskId)).toMatchObject({ id: run.id });
    await new RunCommands(database).redispatch(run.id, randomUUID(), null);
    expect(await work.runOfTask(run.taskId)).toBeNull();
    expect(await work.lastAttemptOf(run.taskId)).toMatchObject({ run_id: run.id, attempt: 1, outcome: 'failed' });
    expect(await work.lastAttemptOf(randomUUID())).toBeNull();
    expect(await work.attemptsOf(run.id)).toMatchObject([
      { task_id: run.taskId, worker: 'w', error_message: `m${run.id}` },
    ]);
  });

  it('finds a run by the task of its upload until a worker has taken it, whatever people ask for meanwhile', async () => {
    const run = await stored();
    const commands = new RunCommands(database);
    const again = () => commands.redispatch(run.id, randomUUID(), null);
    expect(await again()).toMatchObject({ status: 'stored', task_id: run.taskId });
    await commands.cancel(run.id);
    expect(await again()).toMatchObject({ status: 'stored', task_id: run.taskId });
    expect(await work.runOfTask(run.taskId)).toMatchObject({ id: run.id });
  });

  it('counts runs, retries and durations by status', async () => {
    await complete(2);
    await complete(4);
    await failed(3);
    const rows = new Map((await work.runStatistics()).map((row) => [row.status, row]));
    expect([...rows.keys()].sort()).toEqual(['complete', 'failed']);
    expect(rows.get('complete')).toMatchObject({ runs: 2, retries: 0, max_retries: 0 });
    expect(rows.get('complete')?.seconds).toBeCloseTo(3, 0);
    expect(rows.get('failed')).toMatchObject({ runs: 1, retries: 3, max_retries: 3, seconds: null });
  });

  it('names the runs that failed last, the latest first', async () => {
    const made = [await failed(0), await failed(0), await failed(0)].map((run) => run.id);
    expect((await work.recentFailures(2)).map((one) => one.run_id)).toEqual(made.slice(1).reverse());
    expect(await work.recentFailures(1)).toMatchObject([{ error_type: 'permanent', error_message: `m${made[2]}` }]);
  });

  it('takes how long a run takes these days from the latest complete ones', async () => {
    expect(await work.recentDuration(1)).toBeNull();
    await complete(100);
    await complete(2);
    expect(await work.recentDuration(1)).toBeCloseTo(2, 0);
    expect(await work.recentDuration(2)).toBeCloseTo(51, 0);
  });

  it('counts the work of each queue, retries that are due among the ready', async () => {
    await stored(null, 'high');
    await parsing();
    await waitsForRetry();
    const due = await waitsForRetry();
    await database.rows(`update runs set next_attempt_at = now() - interval '5 s' where id = $1`, [due.id]);
    await complete(1);
    const loads = new Map((await work.queueLoads()).map((load) => [load.queue, load]));
    expect([...loads.keys()].sort()).toEqual(['default', 'high']);
    expect(loads.get('high')).toMatchObject({ ready: 1, delayed: 0, running: 0 });
    expect(loads.get('default')).toMatchObject({ ready: 1, delayed: 1, running: 1 });
    expect(loads.get('default')?.oldest_age_seconds).toBeGreaterThanOrEqual(5);
  });
});
