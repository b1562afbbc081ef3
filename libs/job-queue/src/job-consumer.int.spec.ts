import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { JobEnvelope, QueueName } from '@confscope/domain';
import { ownRedis } from '@confscope/testing';
import type { RedisServer } from '@confscope/local-services';
import { type Delivery, LeaseLost, ShuttingDown } from './delivery.ts';
import { JobConsumer } from './job-consumer.ts';
import type { JobConsumerOptions } from './job-consumer-options.ts';
import { JobProducer } from './job-producer.ts';
import { dispatchedTasks, indexSize, queueDepth } from './queue-census.ts';
import { GROUP, streamKey } from './queue-keys.ts';
import type { Settlement } from './settlement.ts';
import { announceWorker, liveWorkers, retireWorker } from './worker-registry.ts';

const DONE: Settlement = { kind: 'done' };

describe('the job queue', () => {
  let server: RedisServer;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let producer: JobProducer;
  const consumers: JobConsumer[] = [];

  beforeAll(async () => {
    redis = await ownRedis();
    server = redis.server;
    producer = new JobProducer(server.url, 'spec');
    await producer.connect();
  });
  beforeEach(() => producer.redis.flushall());
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  });
  afterAll(async () => {
    producer.close();
    await redis.remove();
  });

  const job = (runId: number, queue: QueueName = 'default'): JobEnvelope => ({
    runId,
    taskId: randomUUID(),
    queue,
    traceparent: null,
  });

  /** A consumer and everything that happened to it, as events to wait for. */
  function consumer(options: Partial<JobConsumerOptions> = {}) {
    const events = new EventEmitter();
    const errors: unknown[] = [];
    const made = new JobConsumer(
      {
        url: server.url,
        consumer: `worker-${randomUUID()}`,
        queues: ['high', 'default', 'low'],
        concurrency: 1,
        leaseMs: 20_000,
        heartbeatMs: 5_000,
        ...options,
      },
      {
        onError: (error) => errors.push(error),
        onIndexLost: () => events.emit('index-lost'),
        onReclaimed: (delivery) => events.emit('reclaimed', delivery),
        onRubbish: (entryId) => events.emit('rubbish', entryId),
      },
    );
    consumers.push(made);
    return { consumer: made, events, errors };
  }

  /** Starts a consumer that only records, and waits until it has seen this many jobs. */
  function record(made: JobConsumer, count: number): Promise<Delivery[]> {
    const seen: Delivery[] = [];
    return new Promise((resolve) =>
      made.start((delivery) => {
        seen.push(delivery);
        if (seen.length === count) resolve(seen);
        return Promise.resolve(DONE);
      }),
    );
  }

  const untilEmpty = async () => {
    while ((await indexSize(producer.redis)) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('gives every job to one worker, and holds nothing any more when all are done', async () => {
    const seen: number[] = [];
    await Promise.all(Array.from({ length: 100 }, (_, i) => producer.enqueue(job(i + 1))));
    for (const { consumer: made } of [consumer({ concurrency: 4 }), consumer({ concurrency: 4 })])
      made.start((delivery) => {
        seen.push(delivery.job.runId);
        return Promise.resolve(DONE);
      });
    await untilEmpty();
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  it('wakes up for a job that comes while all queues are empty', async () => {
    const { consumer: made } = consumer();
    const seen = record(made, 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await producer.enqueue(job(7, 'low'));
    expect((await seen)[0]?.job.runId).toBe(7);
  });

  it('takes the urgent first', async () => {
    await producer.enqueue(job(3, 'low'));
    await producer.enqueue(job(2, 'default'));
    for (let i = 0; i < 12; i++) await producer.enqueue(job(1, 'high'));
    const seen = (await record(consumer().consumer, 14)).map((delivery) => delivery.job.runId);
    expect(seen).toEqual([...Array.from({ length: 12 }, () => 1), 2, 3]);
  });

  it('gives every tenth turn to the job that starves longest', async () => {
    await producer.enqueue(job(3, 'low'));
    await producer.enqueue(job(2, 'default'));
    for (let i = 0; i < 28; i++) await producer.enqueue(job(1, 'high'));
    const seen = (await record(consumer({ starvedMs: 0 }).consumer, 30)).map((delivery) => delivery.job.runId);
    // The very first turn may find that the groups have to be made.
    expect([8, 9]).toContain(seen.indexOf(3));
    expect([18, 19]).toContain(seen.indexOf(2));
  });

  it('serves only the queues it was told to', async () => {
    await producer.enqueue(job(1, 'high'));
    await producer.enqueue(job(2, 'low'));
    const [seen] = await record(consumer({ queues: ['low'] }).consumer, 1);
    expect(seen?.job.runId).toBe(2);
    expect((await queueDepth(producer.redis, 'high')).ready).toBe(1);
  });

  it('runs no more jobs at once than it has slots, and leaves the others to be read by others', async () => {
    for (let i = 1; i <= 5; i++) await producer.enqueue(job(i));
    const { consumer: made } = consumer({ concurrency: 2 });
    const started = new EventEmitter();
    made.start((delivery) => {
      started.emit('job');
      return new Promise((resolve) => delivery.signal.addEventListener('abort', () => resolve({ kind: 'hand-back' })));
    });
    await once(started, 'job');
    await once(started, 'job');
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 3, running: 2 });
    await made.stop();
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 5, running: 0 });
  });

  it('hands its jobs back when it stops, and leaves the group', async () => {
    await producer.enqueue(job(1));
    const { consumer: made } = consumer();
    const started = new EventEmitter();
    let reason: unknown;
    made.start((delivery) => {
      started.emit('job');
      return new Promise((resolve) =>
        delivery.signal.addEventListener('abort', () => {
          reason = delivery.signal.reason;
          resolve({ kind: 'hand-back' });
        }),
      );
    });
    await once(started, 'job');
    await made.stop();
    expect(reason).toBeInstanceOf(ShuttingDown);
    expect(await producer.redis.xinfo('CONSUMERS', streamKey('default'), GROUP)).toEqual([]);
    const [again] = await record(consumer().consumer, 1);
    expect(again?.job.runId).toBe(1);
  });

  it('takes over the job of a worker that fell silent, and the late worker can change nothing', async () => {
    const sent = job(1);
    await producer.enqueue(sent);
    // It never beats: the heartbeat is far away.
    const silent = consumer({ leaseMs: 60_000, heartbeatMs: 60_000 });
    const taken = new Promise<Delivery>((resolve) =>
      silent.consumer.start((delivery) => {
        resolve(delivery);
        return new Promise((release) => delivery.signal.addEventListener('abort', () => release(DONE)));
      }),
    );
    const late = await taken;
    const other = consumer({ leaseMs: 300, heartbeatMs: 50 });
    const reclaimed = once(other.events, 'reclaimed');
    const held = new Promise<Delivery>((resolve) =>
      other.consumer.start((delivery) => {
        resolve(delivery);
        return new Promise((release) =>
          delivery.signal.addEventListener('abort', () => release({ kind: 'hand-back' })),
        );
      }),
    );
    await reclaimed;
    expect((await held).entryId).toBe(late.entryId);
    expect(await silent.consumer.held.giveBack(late, '', { kind: 'hand-back' })).toBe(false);
    await silent.consumer.held.beat();
    expect(late.signal.reason).toBeInstanceOf(LeaseLost);
    expect([...(await dispatchedTasks(producer.redis)).keys()]).toEqual([sent.taskId]);
  });

  it('keeps a job that takes many leases, as long as it beats', async () => {
    await producer.enqueue(job(1));
    const busy = consumer({ leaseMs: 300, heartbeatMs: 50 });
    const idle = consumer({ leaseMs: 300, heartbeatMs: 50 });
    let stolen = 0;
    idle.events.on('reclaimed', () => stolen++);
    const done = new Promise<boolean>((resolve) =>
      busy.consumer.start(async (delivery) => {
        await new Promise((wait) => setTimeout(wait, 1_500));
        resolve(delivery.signal.aborted);
        return DONE;
      }),
    );
    while ((await queueDepth(producer.redis, 'default')).running === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    idle.consumer.start(() => Promise.resolve(DONE));
    expect(await done).toBe(false);
    await untilEmpty();
    expect(stolen).toBe(0);
  });

  it('brings a job back after its delay, and schedules the same job once', async () => {
    const later = job(3);
    await producer.enqueueAll([{ job: later, delayMs: 200 }]);
    await producer.enqueueAll([{ job: later, delayMs: 200 }]);
    expect(await indexSize(producer.redis)).toBe(1);
    let tries = 0;
    const { consumer: made } = consumer();
    const finished = new Promise<void>((resolve) =>
      made.start(() => {
        if (++tries < 3) return Promise.resolve<Settlement>({ kind: 'retry', delayMs: 20 });
        resolve();
        return Promise.resolve(DONE);
      }),
    );
    await finished;
    await untilEmpty();
    expect(tries).toBe(3);
  });

  it('leaves the message of a handler that threw for somebody to take over', async () => {
    await producer.enqueue(job(1));
    const { consumer: made, events, errors } = consumer({ leaseMs: 200, heartbeatMs: 50 });
    let tries = 0;
    made.start(() => (++tries === 1 ? Promise.reject(new Error('bug')) : Promise.resolve(DONE)));
    await once(events, 'reclaimed');
    await untilEmpty();
    expect(tries).toBe(2);
    expect(errors).toEqual([new Error('bug')]);
  });

  it('heals when Redis was emptied: it makes the groups anew, says so, and goes on', async () => {
    const { consumer: made, events } = consumer();
    const first = once(events, 'index-lost');
    const seen = new EventEmitter();
    made.start((delivery) => {
      seen.emit('job', delivery.job.runId);
      return Promise.resolve(DONE);
    });
    await first;
    const again = once(events, 'index-lost');
    await producer.redis.flushall();
    await again;
    const delivered = once(seen, 'job');
    await producer.enqueue(job(9));
    expect(await delivered).toEqual([9]);
  });

  it('drops an entry that is none of ours, and goes on', async () => {
    await producer.redis.xadd(streamKey('default'), '*', 'hello', 'world');
    await producer.redis.xadd(streamKey('default'), '*', 'job', '{"runId":"1; drop table"}');
    await producer.enqueue(job(4));
    const { consumer: made, events } = consumer();
    let rubbish = 0;
    events.on('rubbish', () => rubbish++);
    const [seen] = await record(made, 1);
    expect(seen?.job.runId).toBe(4);
    await untilEmpty();
    expect(rubbish).toBe(2);
  });

  it('goes on after Redis was killed and came back', async () => {
    const { consumer: made } = consumer();
    const seen = record(made, 1);
    server.kill('SIGKILL');
    await server.restart();
    await producer.enqueue(job(5)).catch(() => producer.enqueue(job(5)));
    expect((await seen)[0]?.job.runId).toBe(5);
  });

  it('refuses a Redis that would evict jobs', async () => {
    const { consumer: made } = consumer();
    await expect(made.checkPolicy()).resolves.toBeUndefined();
    await producer.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(made.checkPolicy()).rejects.toThrow('set it to noeviction');
    await producer.redis.config('SET', 'maxmemory-policy', 'noeviction');
  });

  it('lists the workers that live, and forgets the ones that left', async () => {
    const info = {
      name: 'w1',
      pid: 1,
      queues: ['high' as const],
      started_at: new Date().toISOString(),
      last_seen_at: new Date().toISOString(),
      concurrency: 2,
      active: [],
      done: 0,
      failed: 0,
      rss_bytes: 1,
      waiting_for: [],
    };
    await announceWorker(producer.redis, info);
    await announceWorker(producer.redis, { ...info, name: 'w2' });
    expect((await liveWorkers(producer.redis)).map((worker) => worker.name)).toEqual(['w1', 'w2']);
    await retireWorker(producer.redis, 'w1');
    expect((await liveWorkers(producer.redis)).map((worker) => worker.name)).toEqual(['w2']);
  });
});
