import { randomUUID } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobEnvelope } from '@confscope/domain';
import { delayedJobs, dispatchedTasks, JobConsumer, JobProducer, queueDepth } from '@confscope/job-queue';
import { isAlive } from '@confscope/local-services';
import {
  Database,
  DispatchOutbox,
  RunClaims,
  RunCommands,
  UploadRuns,
  type WaitingOptions,
  type WaitingRun,
} from '@confscope/persistence';
import { createLogger } from '@confscope/service-kit';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { Reconcile } from './reconcile.ts';

const logger = await createLogger({ service: 'spec', level: 'silent', format: 'json' });

const SILENCE_MS = 60_000;

describe('the reconciler', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let producer: JobProducer;
  let claims: RunClaims;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis({ appendOnly: true })]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 6 });
    await database.migrate();
    claims = new RunClaims(database);
    producer = new JobProducer(redis.server.url, 'spec');
    await producer.connect();
  });
  beforeEach(async () => {
    await producer.redis.flushall();
    await database.rows('truncate runs, attempts');
  });
  afterAll(async () => {
    producer.close();
    await redis.remove();
    await database.close();
    await place.drop();
  });

  const reconciler = (outbox = new DispatchOutbox(database)) =>
    new Reconcile(outbox, new RunCommands(database), producer, SILENCE_MS, logger);

  /** A run that is stored, and dispatched unless told otherwise. */
  async function storedRun(dispatch = true): Promise<JobEnvelope> {
    const uploads = new UploadRuns(database);
    const queue = 'default' as const;
    const begun = { queue, archiveName: 'a', idempotencyKey: null, receiver: 'api', traceparent: null };
    const runId = (await uploads.begin(begun)) ?? 0;
    const taskId = randomUUID();
    const stored = { runId, taskId, label: null, notes: null, queue, archiveKey: `runs/${runId}` };
    await uploads.store({ ...stored, type: 'ds_etc', sha256: 'ab', bytes: 3 });
    const job = { runId, taskId, queue, traceparent: null };
    if (dispatch) {
      await producer.enqueue(job);
      await new RunCommands(database).markDispatched([job]);
    }
    return job;
  }
  const claim = (job: JobEnvelope) =>
    claims.claim({
      ...job,
      worker: 'w',
      delivery: 'default/1-0',
      reclaimed: false,
      silenceMs: SILENCE_MS,
      traceId: null,
    });
  const retryIn = (runId: number, delayMs: number) =>
    claims.leave(
      { runId, attempt: 1 },
      {
        outcome: 'retry',
        retryCount: 1,
        delayMs,
        errorType: 'transient',
        message: 'm',
        traceback: null,
        peakRssBytes: null,
      },
    );
  const tasks = async () => [...(await dispatchedTasks(producer.redis)).keys()].sort();

  /** What Redis has written down now; ends Redis and starts it again with just that when it is called. */
  async function snapshot(): Promise<() => Promise<void>> {
    const [folder, kept] = [join(redis.folder, 'appendonlydir'), join(redis.folder, 'kept')];
    await rm(kept, { recursive: true, force: true });
    await cp(folder, kept, { recursive: true });
    return async () => {
      const { pid } = redis.server;
      redis.server.kill('SIGKILL');
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
      await rm(folder, { recursive: true });
      await cp(kept, folder, { recursive: true });
      await redis.server.restart();
      while (
        !(await producer.ping().then(
          () => true,
          () => false,
        ))
      );
    };
  }

  it('makes up for what a Redis that came back from an old snapshot has forgotten, and old messages do no harm', async () => {
    const [ended, cancelled, again] = [await storedRun(), await storedRun(), await storedRun()];
    const restore = await snapshot();
    // All that follows is unknown to the snapshot.
    const failure = { errorType: 'permanent', message: 'm', traceback: null, metrics: {}, peakRssBytes: null } as const;
    for (const run of [ended, again]) {
      await claim(run);
      await claims.fail({ runId: run.runId, attempt: 1 }, { ...failure, outcome: 'failed' });
    }
    await new RunCommands(database).cancel(cancelled.runId);
    const newTask = randomUUID();
    await new RunCommands(database).redispatch(again.runId, newTask, null);
    await new RunCommands(database).markDispatched([{ runId: again.runId, taskId: newTask }]);
    const waiting = await storedRun();
    const delayed = await storedRun();
    await claim(delayed);
    await retryIn(delayed.runId, 600_000);
    await restore();
    expect(await tasks()).toEqual([ended, cancelled, again].map(({ taskId }) => taskId).sort());

    expect(await reconciler().run()).toBe(3);
    const old = [ended, cancelled, again].map(({ taskId }) => taskId);
    expect(await tasks()).toEqual([...old, newTask, waiting.taskId, delayed.taskId].sort());
    expect(await delayedJobs(producer.redis)).toMatchObject({ default: 1 });
    const [, due] = await producer.redis.zrange('{confscope}:delayed', 0, '-1', 'WITHSCORES');
    expect(Math.abs(Number(due) - Date.now() - 600_000)).toBeLessThan(60_000);
    expect(await reconciler().run()).toBe(0);

    // A worker drops what is old and runs what is not, once.
    const claimed: string[] = [];
    const consumer = new JobConsumer(
      {
        url: redis.server.url,
        consumer: 'w',
        queues: ['default'],
        concurrency: 2,
        leaseMs: 60_000,
        heartbeatMs: 5_000,
      },
      {
        onError: () => undefined,
        onIndexLost: () => undefined,
        onReclaimed: () => undefined,
        onRubbish: () => undefined,
      },
    );
    consumer.start(async ({ job }) => {
      const answer = await claim(job);
      if (answer.kind === 'claimed') claimed.push(job.taskId);
      return { kind: 'done' };
    });
    const depth = async () => queueDepth(producer.redis, 'default');
    for (let { ready, running } = await depth(); ready + running > 0; { ready, running } = await depth());
    await consumer.stop();
    expect(claimed.sort()).toEqual([newTask, waiting.taskId].sort());
  });

  it('dispatches what nobody dispatched, and what a silent worker holds that no message speaks of', async () => {
    const forgotten = await storedRun(false);
    const held = await storedRun(false);
    const silent = await storedRun(false);
    for (const job of [held, silent]) await claim(job);
    await database.rows(`update runs set created_at = created_at - interval '1 min'`);
    await database.rows(`update runs set last_heartbeat = now() - interval '5 min' where id = $1`, [silent.runId]);
    expect(await reconciler().run()).toBe(2);
    expect(await tasks()).toEqual([forgotten.taskId, silent.taskId].sort());
    expect(await claim(silent)).toMatchObject({ kind: 'claimed', run: { attempt: 2, losses: 1 } });
    expect(await claim(held)).toEqual({ kind: 'busy' });
  });

  it('misses nothing that is dispatched while it looks, of new runs and of old ones, and finds what was lost before', async () => {
    const waiting = Array.from({ length: 1200 }, () => randomUUID());
    const rows = await database.rows<{ id: number; task_id: string }>(
      `insert into runs (status, queue, archive_key, task_id, dispatched_at)
       select 'stored', 'default', 'a', t, now() from unnest($1::uuid[]) t returning id, task_id`,
      [waiting],
    );
    const queue = 'default' as const;
    const jobs = rows.map(({ id, task_id }) => ({ runId: id, taskId: task_id, queue, traceparent: null }));
    const [lost, lostByLaterClock, again, ...kept] = jobs.reverse();
    await producer.enqueueAll(kept.map((job) => ({ job, delayMs: 0 })));
    await database.rows(`update runs set dispatched_at = now() + interval '1 hour' where id = $1`, [
      lostByLaterClock?.runId,
    ]);

    /** Between the pages, when the index was read, an upload comes in and somebody asks for an old run once more. */
    let news: string[] = [];
    class BusyOutbox extends DispatchOutbox {
      override async *waiting(options: WaitingOptions): AsyncGenerator<WaitingRun[]> {
        for await (const page of super.waiting(options)) {
          yield page;
          if (news.length > 0) continue;
          const { taskId } = await storedRun();
          const old = { runId: again?.runId ?? 0, taskId: randomUUID() };
          await new RunCommands(database).redispatch(old.runId, old.taskId, null);
          await producer.enqueue({ ...old, queue, traceparent: null });
          await new RunCommands(database).markDispatched([old]);
          news = [taskId, old.taskId];
        }
      }
    }
    expect(await reconciler(new BusyOutbox(database)).run()).toBe(2);
    expect(await tasks()).toEqual(
      [...kept.map(({ taskId }) => taskId), ...news, lost?.taskId, lostByLaterClock?.taskId].sort(),
    );
    expect(await reconciler().run()).toBe(0);
    expect((await queueDepth(producer.redis, 'default')).ready).toBe(kept.length + 4);
  });

  it('replaces messages that a clock of Redis that was put back would keep far longer than their runs wait', async () => {
    const [due, putOff, inTime] = [await storedRun(false), await storedRun(false), await storedRun(false)];
    for (const job of [putOff, inTime]) {
      await claim(job);
      await retryIn(job.runId, 600_000);
    }
    const hourMs = 3_600_000;
    const sent = (job: JobEnvelope, delayMs: number) => ({ job: { ...job, traceparent: 'of another hop' }, delayMs });
    await producer.enqueueAll([sent(due, hourMs), sent(putOff, hourMs + 600_000), sent(inTime, 600_000)]);
    await new RunCommands(database).markDispatched([due, putOff, inTime]);

    expect(await reconciler().run()).toBe(2);
    expect((await queueDepth(producer.redis, 'default')).ready).toBe(1);
    const index = await dispatchedTasks(producer.redis);
    expect(index.get(due.taskId)).toEqual({ waitMs: 0, delayed: new Set() });
    for (const { taskId } of [putOff, inTime]) {
      expect(index.get(taskId)?.delayed.size).toBe(1);
      expect(index.get(taskId)?.waitMs).toBeLessThanOrEqual(601_000);
    }
    expect([...(index.get(inTime.taskId)?.delayed ?? [])][0]).toContain('of another hop');
    expect(await reconciler().run()).toBe(0);
  });

  it('does each dispatch once, however many of it look at the same time', async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => storedRun()));
    await producer.redis.flushall();
    const counts = await Promise.all(Array.from({ length: 5 }, () => reconciler().run()));
    expect(counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(runs.length);
    expect((await queueDepth(producer.redis, 'default')).ready).toBe(runs.length);
  });
});
