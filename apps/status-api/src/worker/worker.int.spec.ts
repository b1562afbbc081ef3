import { randomUUID } from 'node:crypto';
import { announceWorker, connectRedis, retireWorker, type WorkerInfo } from '@confscope/job-queue';
import { Database, RunCommands } from '@confscope/persistence';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { type RunningService, startBuiltService } from '../testing/running-service.ts';
import { completeRun, failedRun, parsingRun, storedRun } from '../testing/sample-runs.ts';

const A_NUMBER: unknown = expect.any(Number);
const A_TIME: unknown = expect.stringMatching(/Z$/);
const saying = (words: string): unknown => expect.stringContaining(words);

const worker = (name: string, runId: number, taskId: string): WorkerInfo => ({
  name,
  pid: 7,
  queues: ['high', 'default', 'low'],
  started_at: '2026-01-01T00:00:00.000Z',
  last_seen_at: new Date().toISOString(),
  concurrency: 2,
  active: [{ run_id: runId, task_id: taskId, since: '2026-01-01T00:00:01.000Z' }],
  done: 3,
  failed: 1,
  rss_bytes: 1024,
  waiting_for: [],
});

describe('what the status API says of workers, over HTTP', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let connection: ReturnType<typeof connectRedis>;
  let service: RunningService;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis()]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    connection = connectRedis(redis.server.url, 'spec');
    service = await startBuiltService({ DATABASE_URL: place.url, REDIS_URL: redis.server.url });
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    connection.disconnect();
    await database.close();
    await Promise.all([place.drop(), redis.remove()]);
  });

  it('is nothing that requests should come for, until the schema is there', async () => {
    expect((await service.get('/health/live')).status).toBe(200);
    expect(await service.get('/health/ready')).toMatchObject({ status: 503, body: { checks: { redis: 'ok' } } });
    await database.migrate();
    expect(await service.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { database: 'ok', redis: 'ok' } },
    });
  });

  it('counts statuses, retries, durations and failures', async () => {
    const before = await service.get('/v1/worker/metrics');
    expect(before.body).toEqual({
      status_counts: { pending: 0, stored: 0, parsing: 0, complete: 0, failed: 0, cancelled: 0 },
      retry_stats: { avg_retries: 0, max_retries: 0 },
      avg_duration_seconds: null,
      recent_failures: [],
    });
    await completeRun(database);
    const failed = await failedRun(database);
    const after = await service.get('/v1/worker/metrics');
    expect(after.headers.get('cache-control')).toBe('no-store');
    expect(after.body).toMatchObject({
      status_counts: { pending: 0, stored: 0, parsing: 0, complete: 1, failed: 1, cancelled: 0 },
      avg_duration_seconds: A_NUMBER,
      recent_failures: [
        {
          run_id: failed.id,
          error_type: 'permanent',
          error_message: 'Permanent error: no',
          retry_count: 0,
          completed_at: A_TIME,
        },
      ],
    });
  });

  it('is unhealthy with a remedy when nobody works, and names those who do', async () => {
    const nobody = { status: 'unhealthy', workers: 0, active_tasks: 0, worker_names: [], stats: {} };
    expect(await service.get('/v1/worker/health')).toMatchObject({
      status: 503,
      body: { ...nobody, message: saying('Start a parse-worker') },
    });
    const [one, two] = [worker('one', 1, randomUUID()), worker('two', 2, randomUUID())];
    await announceWorker(connection, two);
    await announceWorker(connection, one);
    expect(await service.get('/v1/worker/health')).toMatchObject({
      status: 200,
      body: { status: 'healthy', workers: 2, active_tasks: 2, worker_names: ['one', 'two'], stats: { one, two } },
    });
    await retireWorker(connection, 'two');
    expect(await service.get('/v1/worker/health')).toMatchObject({ status: 200, body: { worker_names: ['one'] } });
  });

  it('shows the task of a run through its life', async () => {
    const taskOf = async (taskId: string) => (await service.get(`/v1/worker/tasks/${taskId}`)).body;
    const stored = await storedRun(database);
    const parsing = await parsingRun(database);
    const complete = await completeRun(database);
    const failed = await failedRun(database);
    const open = { ready: false, successful: false, result: null };
    expect(await taskOf(stored.taskId)).toEqual({ task_id: stored.taskId, status: 'PENDING', ...open });
    expect(await taskOf(parsing.taskId.toUpperCase())).toEqual({
      task_id: parsing.taskId,
      status: 'STARTED',
      ...open,
    });
    expect(await taskOf(complete.taskId)).toEqual({
      task_id: complete.taskId,
      status: 'SUCCESS',
      ready: true,
      successful: true,
      result: {
        run_id: complete.id,
        status: 'complete',
        files_parsed: 2,
        stanzas_created: 4,
        duration_seconds: A_NUMBER,
      },
    });
    const failure = {
      task_id: failed.taskId,
      status: 'FAILURE',
      ready: true,
      successful: false,
      result: {
        run_id: failed.id,
        status: 'failed',
        error_type: 'permanent',
        error_message: 'Permanent error: no',
      },
    };
    expect(await taskOf(failed.taskId)).toEqual(failure);
    const next = randomUUID();
    await new RunCommands(database).redispatch(failed.id, next, null);
    expect(await taskOf(failed.taskId)).toEqual(failure);
    expect(await taskOf(next)).toEqual({ task_id: next, status: 'PENDING', ...open });
  });

  it('refuses what is no task id, and does not know tasks that never were', async () => {
    const wrong = { status: 400, body: { code: 'invalid_task_id', errors: [{ field: 'task_id' }] } };
    expect(await service.get('/v1/worker/tasks/42')).toMatchObject(wrong);
    const missing = { status: 404, body: { code: 'task_not_found' } };
    expect(await service.get(`/v1/worker/tasks/${randomUUID()}`)).toMatchObject(missing);
  });

  it('shows a run with every attempt at it', async () => {
    const failed = await failedRun(database);
    expect((await service.get(`/v1/worker/runs/${failed.id}/status`)).body).toEqual({
      run_id: failed.id,
      status: 'failed',
      task_id: failed.taskId,
      retry_count: 0,
      error_type: 'permanent',
      error_message: 'Permanent error: no',
      error_traceback: 'at x',
      started_at: A_TIME,
      last_heartbeat: A_TIME,
      completed_at: A_TIME,
      metrics: {},
      attempts: [
        {
          attempt: 1,
          task_id: failed.taskId,
          worker: 'w1',
          queue: 'default',
          started_at: A_TIME,
          ended_at: A_TIME,
          outcome: 'failed',
          error_type: 'permanent',
          error_message: 'Permanent error: no',
          peak_rss_bytes: null,
          trace_id: null,
        },
      ],
    });
    const wrong = { status: 400, body: { code: 'invalid_run_id' } };
    expect(await service.get('/v1/worker/runs/x/status')).toMatchObject(wrong);
    const missing = { status: 404, body: { code: 'run_not_found' } };
    expect(await service.get('/v1/worker/runs/987654/status')).toMatchObject(missing);
  });

  it('counts the work of the queues, also when Redis is away, and says that nobody knows the workers then', async () => {
    await database.rows('truncate runs, attempts');
    await completeRun(database);
    await storedRun(database);
    await parsingRun(database);
    await announceWorker(connection, worker('one', 1, randomUUID()));
    const none = { ready: 0, delayed: 0, running: 0, oldest_age_seconds: null, wanted: 0 };
    const queues = { high: none, default: { ready: 1, delayed: 0, running: 1, wanted: 2 }, low: none };
    const there = await service.get('/v1/worker/queues');
    expect(there).toMatchObject({ status: 200, body: { queues, work: 2, wanted: 2, concurrency: 2 } });
    expect(there.body).toMatchObject({ drain_estimate_seconds: A_NUMBER });
    await redis.server.stop();
    expect(await service.get('/v1/worker/queues')).toMatchObject({
      status: 200,
      body: { queues, work: 2, concurrency: null, drain_estimate_seconds: null },
    });
    expect(await service.get('/v1/worker/health')).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', workers: 0, message: saying('Redis does not answer') },
    });
    expect((await service.get('/health/live')).status).toBe(200);
    expect(await service.get('/health/ready')).toMatchObject({ status: 503, body: { checks: { database: 'ok' } } });
  });
});
