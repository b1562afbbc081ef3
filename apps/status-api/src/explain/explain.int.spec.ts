import { connectRedis, announceWorker, JobProducer } from '@confscope/job-queue';
import { Database, QueueControls, RunClaims, RunCommands } from '@confscope/persistence';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { type RunningService, startBuiltService } from '../testing/running-service.ts';
import { failedRun, parsingRun, storedRun } from '../testing/sample-runs.ts';

const saying = (words: string): unknown => expect.stringContaining(words);
const A_TIME: unknown = expect.stringMatching(/Z$/);

describe('what the status API says of one run, over HTTP', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let connection: ReturnType<typeof connectRedis>;
  let producer: JobProducer;
  let service: RunningService;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis()]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 3 });
    await database.migrate();
    connection = connectRedis(redis.server.url, 'spec');
    producer = new JobProducer(redis.server.url, 'spec-producer');
    service = await startBuiltService({ DATABASE_URL: place.url, REDIS_URL: redis.server.url });
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    producer.close();
    connection.disconnect();
    await database.close();
    await Promise.all([place.drop(), redis.remove()]);
  });

  const explain = async (id: number) => (await service.get(`/v1/runs/${id}/explain`)).body;
  const startWorker = (name: string, waiting_for: string[] = []) =>
    announceWorker(connection, {
      name,
      pid: 1,
      queues: ['default'],
      started_at: new Date().toISOString(),
      last_seen_at: new Date().toISOString(),
      concurrency: 1,
      active: [],
      done: 0,
      failed: 0,
      rss_bytes: 1,
      waiting_for,
    });

  it('why it does not run, as things come to light one after the other', async () => {
    const first = await storedRun(database);
    const run = await storedRun(database);
    expect(await explain(run.id)).toMatchObject({ reason: 'no_worker', message: saying('No parse-worker is running') });
    await startWorker('w1', ['PostgreSQL']);
    expect(await explain(run.id)).toMatchObject({ reason: 'workers_waiting', message: saying('reach PostgreSQL') });
    await startWorker('w1');
    expect(await explain(run.id)).toMatchObject({ reason: 'undispatched' });
    for (const { id, taskId } of [first, run]) {
      await producer.enqueue({ runId: id, taskId, queue: 'default', traceparent: null });
      await new RunCommands(database).markDispatched([{ runId: id, taskId }]);
    }
    expect(await explain(run.id)).toMatchObject({
      run_id: run.id,
      status: 'stored',
      reason: 'queued',
      message: saying('number 2 in the queue default'),
      evidence: { ahead: 1, message: { kind: 'ready', position: 2 }, workers_live: 1, dispatched_at: A_TIME },
    });
    await new QueueControls(database).pause('default');
    expect(await explain(run.id)).toMatchObject({ reason: 'paused', evidence: { queue_paused_at: A_TIME } });
    expect((await service.get('/v1/worker/queues')).body).toMatchObject({
      queues: { default: { paused_at: A_TIME, wanted: 0 }, high: { paused_at: null } },
    });
    await new QueueControls(database).resume('default');
    await connection.flushall();
    await startWorker('w1');
    expect(await explain(run.id)).toMatchObject({ reason: 'not_in_index' });
    await new RunCommands(database).cancel(run.id);
    expect(await explain(run.id)).toMatchObject({ reason: 'cancelled' });
  });

  it('that its worker fell silent', async () => {
    const run = await parsingRun(database);
    expect(await explain(run.id)).toMatchObject({ reason: 'parsing' });
    await database.rows(`update runs set last_heartbeat = now() - interval '5 min', worker = 'gone' where id = $1`, [
      run.id,
    ]);
    expect(await explain(run.id)).toMatchObject({ reason: 'worker_silent', message: saying('Worker gone') });
  });

  it('every attempt ever made, also of tasks that a new one has replaced', async () => {
    const run = await failedRun(database);
    await new RunCommands(database).redispatch(run.id, '11111111-2222-4333-8444-555555555555', null);
    await new RunClaims(database).claim({
      runId: run.id,
      taskId: '11111111-2222-4333-8444-555555555555',
      worker: 'w2',
      delivery: 'default/9-0',
      reclaimed: false,
      silenceMs: 60_000,
      traceId: 'feed',
    });
    expect(await service.get(`/v1/runs/${run.id}/attempts`)).toMatchObject({
      status: 200,
      body: {
        items: [
          {
            attempt: 1,
            task_id: run.taskId,
            worker: 'w1',
            outcome: 'failed',
            error_type: 'permanent',
            ended_at: A_TIME,
          },
          { attempt: 2, worker: 'w2', outcome: null, ended_at: null, trace_id: 'feed' },
        ],
      },
    });
  });

  it('each of its states as an event, until it ends, and nothing to those who know the end', async () => {
    const run = await storedRun(database);
    const events = service.get(`/v1/runs/${run.id}/events`, { accept: 'text/event-stream' });
    await new RunCommands(database).cancel(run.id);
    const { status, headers, body } = await events;
    const text = String(body);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(text).toContain('"status":"cancelled"');
    const lastId = [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
    expect(await service.get(`/v1/runs/${run.id}/events`, { 'last-event-id': lastId })).toMatchObject({ status: 204 });
    expect(await service.get('/v1/runs/987654/events')).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });

  it('that its bytes are in quarantine', async () => {
    const run = await storedRun(database);
    await database.rows(
      `insert into crashed_archives (sha256, crashes, run_id, error_type, error_message, quarantined_at)
       values ('ab', 3, $1, 'crash', 'it died.', now())`,
      [run.id],
    );
    expect(await explain(run.id)).toMatchObject({ reason: 'quarantined', message: saying('DELETE /v1/quarantine/ab') });
    expect(await service.get('/v1/quarantine')).toMatchObject({
      status: 200,
      body: { items: [{ sha256: 'ab', crashes: 3, run_id: run.id, error_type: 'crash', quarantined_at: A_TIME }] },
    });
  });

  it('nothing of a run that does not exist', async () => {
    for (const path of ['explain', 'attempts']) {
      expect(await service.get(`/v1/runs/987654/${path}`)).toMatchObject({
        status: 404,
        body: { code: 'run_not_found' },
      });
      expect(await service.get(`/v1/runs/x/${path}`)).toMatchObject({ status: 400, body: { code: 'invalid_run_id' } });
    }
  });
});
