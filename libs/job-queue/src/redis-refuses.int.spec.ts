import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { JobEnvelope } from '@confscope/domain';
import { ownRedis } from '@confscope/testing';
import { Redis } from 'ioredis';
import type { Delivery } from './delivery.ts';
import { JobConsumer } from './job-consumer.ts';
import { JobProducer } from './job-producer.ts';
import { delayedJobs, indexSize, queueDepth } from './queue-census.ts';
import { redisVitals } from './redis-vitals.ts';
import type { Settlement } from './settlement.ts';

const LATER: Settlement = { kind: 'retry', delayMs: 60_000 };

/** A Redis that answers and refuses: it has no memory left, or it is a replica since a failover. */
describe('a Redis that takes no writes', () => {
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let admin: Redis;
  let producer: JobProducer;
  let consumer: JobConsumer;
  const events = new EventEmitter();

  beforeAll(async () => {
    redis = await ownRedis();
    admin = new Redis(redis.server.url);
    producer = new JobProducer(redis.server.url, 'spec-producer');
    await producer.connect();
  });
  beforeEach(async () => {
    await admin.flushall();
    consumer = new JobConsumer(
      {
        url: redis.server.url,
        consumer: `worker-${randomUUID()}`,
        queues: ['high', 'default', 'low'],
        concurrency: 2,
        leaseMs: 60_000,
        heartbeatMs: 200,
      },
      {
        onError: (error, where) => events.emit('failed', error, where),
        onIndexLost: () => undefined,
        onReclaimed: () => undefined,
        onRubbish: () => undefined,
      },
    );
  });
  afterEach(() => consumer.stop());
  afterAll(async () => {
    producer.close();
    admin.disconnect();
    await redis.remove();
  });

  const job = (runId: number): JobEnvelope => ({ runId, taskId: randomUUID(), queue: 'default', traceparent: null });

  /** Jobs that end when the spec says so, and as it says. */
  function start() {
    const ends = new Map<number, (settlement: Settlement) => void>();
    const lost: number[] = [];
    consumer.start(({ job: { runId }, signal }: Delivery) => {
      const noteLoss = () => lost.push(runId);
      signal.addEventListener('abort', noteLoss);
      const ended = new Promise<Settlement>((resolve) => ends.set(runId, resolve));
      events.emit('job', runId);
      // A beat that crosses its settlement finds the message gone, which is no loss.
      return ended.finally(() => signal.removeEventListener('abort', noteLoss));
    });
    return { ends, lost };
  }
  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  async function failure(where: string): Promise<string> {
    for (;;) {
      const [error, place] = (await once(events, 'failed')) as [Error, string];
      if (place === where) return error.message;
    }
  }

  it('because its memory is full refuses new jobs, and lets those in hand go on and end', async () => {
    const { ends, lost } = start();
    const taken = once(events, 'job');
    await producer.enqueue(job(1));
    await taken;
    await producer.enqueue(job(2));
    await until(() => Promise.resolve(ends.has(2)));
    await admin.config('SET', 'maxmemory', '1');
    await expect(producer.enqueue(job(3))).rejects.toThrow('OOM');
    const vitals = await redisVitals(admin);
    expect(vitals?.usedMemoryBytes).toBeGreaterThan(vitals?.maxMemoryBytes ?? Infinity);
    // What is done makes room; what is to come back needs some, so it stays ours until there is.
    ends.get(1)?.({ kind: 'done' });
    await until(async () => (await queueDepth(admin, 'default')).running === 1);
    const refused = failure('settle');
    ends.get(2)?.(LATER);
    expect(await refused).toContain('OOM');
    expect(consumer.held.size).toBe(1);
    await admin.config('SET', 'maxmemory', '0');
    await until(async () => (await delayedJobs(admin)).default === 1);
    expect([await indexSize(admin), lost]).toEqual([1, []]);
  });

  it('because it is not there at all is no reason to restart a worker: its loop goes on turning', async () => {
    start();
    await redis.server.stop();
    // Each turn starts the count anew.
    for (let turns = 0, last = 0; turns < 5;) {
      const since = consumer.sinceTurnMs;
      if (since < last) turns++;
      last = since;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await redis.server.restart();
    await until(() =>
      admin.ping().then(
        () => true,
        () => false,
      ),
    );
  });

  it('because it became a replica is left for another one, and the job in hand stays ours', async () => {
    const { ends, lost } = start();
    const taken = once(events, 'job');
    await producer.enqueue(job(1));
    await taken;
    const before = await consumer.redis.client('ID');
    const refused = failure('beat');
    await admin.replicaof('127.0.0.1', '1');
    expect(await refused).toContain('READONLY');
    await expect(producer.enqueue(job(2))).rejects.toThrow('READONLY');
    expect(await redisVitals(admin)).toMatchObject({ isReplica: true });
    // Behind the same name there may be another server by now, so the connection is made anew.
    await until(async () => (await consumer.redis.client('ID').catch(() => before)) > before);
    await admin.replicaof('NO', 'ONE');
    ends.get(1)?.({ kind: 'done' });
    await until(async () => (await indexSize(admin)) === 0);
    const next = once(events, 'job');
    await until(() =>
      producer.enqueue(job(3)).then(
        () => true,
        () => false,
      ),
    );
    expect(await next).toEqual([3]);
    ends.get(3)?.({ kind: 'done' });
    await until(async () => (await indexSize(admin)) === 0);
    expect(lost).toEqual([]);
  });
});
