import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { JobEnvelope, QueueName } from '@confscope/domain';
import type { RedisServer } from '@confscope/local-services';
import { ownRedis } from '@confscope/testing';
import { type Delivery, ShuttingDown } from './delivery.ts';
import { HeldJobs } from './held-jobs.ts';
import { JobConsumer } from './job-consumer.ts';
import type { JobConsumerOptions } from './job-consumer-options.ts';
import { JobProducer } from './job-producer.ts';
import { JobSource } from './job-source.ts';
import { indexSize, queueDepth } from './queue-census.ts';
import { GROUP, streamKey } from './queue-keys.ts';
import type { Settlement } from './settlement.ts';
import { StreamUpkeep } from './stream-upkeep.ts';

const DONE: Settlement = { kind: 'done' };

/** What Redis, connections and other workers do to a consumer, and what it makes of it. */
describe('a consumer', () => {
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

  function consumer(options: Partial<JobConsumerOptions> = {}) {
    const events = new EventEmitter();
    const name = options.consumer ?? `worker-${randomUUID()}`;
    const made = new JobConsumer(
      {
        url: server.url,
        consumer: name,
        queues: ['high', 'default', 'low'],
        concurrency: 1,
        leaseMs: 60_000,
        heartbeatMs: 5_000,
        ...options,
      },
      {
        onError: (error) => events.emit('failed', error),
        onIndexLost: () => events.emit('index-lost'),
        onReclaimed: (delivery) => events.emit('reclaimed', delivery),
        onPhantoms: (count) => events.emit('phantoms', count),
        onRubbish: () => undefined,
      },
    );
    consumers.push(made);
    return { consumer: made, events, name };
  }

  /** A handler whose jobs end when the spec says so. */
  function controlled() {
    const events = new EventEmitter();
    const seen: Delivery[] = [];
    const ends: (() => void)[] = [];
    const handler = (delivery: Delivery) => {
      seen.push(delivery);
      const ended = new Promise<Settlement>((resolve) => {
        ends.push(() => resolve(DONE));
        // That a message is lost is no reason to stop a job; that the worker stops is one.
        delivery.signal.addEventListener('abort', () => {
          if (delivery.signal.reason instanceof ShuttingDown) resolve({ kind: 'hand-back' });
        });
      });
      events.emit('job', delivery);
      return ended;
    };
    return { handler, seen, events, end: () => ends.shift()?.() };
  }

  const untilEmpty = async () => {
    while ((await indexSize(producer.redis)) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const makeGroup = (queue: QueueName) => producer.redis.xgroup('CREATE', streamKey(queue), GROUP, '0', 'MKSTREAM');
  /** Delivers to a name without anybody who takes the answer. */
  const deliverInto = (name: string, queue: QueueName) =>
    producer.redis.xreadgroup('GROUP', GROUP, name, 'COUNT', 1, 'STREAMS', streamKey(queue), '>');

  it('works on a message that was delivered to it into a broken connection, long before the lease is over', async () => {
    await makeGroup('default');
    await producer.enqueue(job(1));
    const lost = consumer({ leaseMs: 8_000 });
    await deliverInto(lost.name, 'default');
    const { handler, events, seen, end } = controlled();
    const phantoms = once(lost.events, 'phantoms');
    const taken = once(events, 'job');
    lost.consumer.start(handler);
    expect(await phantoms).toEqual([1]);
    await taken;
    expect(seen[0]).toMatchObject({ job: { runId: 1 }, reclaimed: true });
    end();
    await untilEmpty();
  });

  it('leaves a message to others that it does not know of and has no slot for', async () => {
    await makeGroup('default');
    await producer.enqueue(job(1));
    await producer.enqueue(job(2));
    const busy = consumer({ leaseMs: 8_000, heartbeatMs: 200 });
    await deliverInto(busy.name, 'default');
    const first = controlled();
    const taken = once(first.events, 'job');
    busy.consumer.start(first.handler);
    await taken;
    const other = consumer({ leaseMs: 8_000, heartbeatMs: 200 });
    const second = controlled();
    const takenByOther = once(second.events, 'job');
    other.consumer.start(second.handler);
    await takenByOther;
    expect(new Set([...first.seen, ...second.seen].map((one) => one.job.runId))).toEqual(new Set([1, 2]));
    first.end();
    second.end();
    await untilEmpty();
  });

  it('gives up a frozen Redis, and settles and works on when it thaws', async () => {
    const { consumer: made, events: failures } = consumer({ leaseMs: 8_000, heartbeatMs: 500 });
    const { handler, events, seen, end } = controlled();
    const first = once(events, 'job');
    await producer.enqueue(job(1));
    await producer.enqueue(job(2));
    made.start(handler);
    await first;
    server.kill('SIGSTOP');
    end();
    // The heartbeat, the settlement and the next take all meet the silence; none of them waits for ever.
    for (let i = 0; i < 4; i++) await once(failures, 'failed');
    server.kill('SIGCONT');
    while (!seen.some((one) => one.job.runId === 2)) await once(events, 'job');
    end();
    await untilEmpty();
    expect(seen.filter((one) => one.job.runId === 1)).toHaveLength(1);
  });

  it('does not take a message over from a worker that could not beat because Redis was away', async () => {
    const holder = consumer({ leaseMs: 600, heartbeatMs: 200 });
    const held = controlled();
    const first = once(held.events, 'job');
    await producer.enqueue(job(1));
    holder.consumer.start(held.handler);
    await first;
    const other = consumer({ leaseMs: 600, heartbeatMs: 200 });
    let stolen = 0;
    other.events.on('reclaimed', () => stolen++);
    other.consumer.start(controlled().handler);
    server.kill('SIGSTOP');
    await Promise.all([once(holder.events, 'failed'), once(other.events, 'failed')]);
    server.kill('SIGCONT');
    while (holder.consumer.held.deliveries().length > 0) {
      const beaten = await holder.consumer.held.beat().then(
        () => true,
        () => false,
      );
      if (beaten) break;
    }
    held.end();
    await untilEmpty();
    expect(stolen).toBe(0);
    expect(held.seen[0]?.signal.aborted).toBe(false);
  });

  it.each(['default', 'high'] as const)(
    'takes the message of a silent worker over though its slot is never free in a flood of %s jobs',
    async (flooded) => {
      await makeGroup('default');
      await producer.enqueue(job(99));
      await deliverInto('dead', 'default');
      for (let i = 0; i < 3; i++) await producer.enqueue(job(1, flooded));
      const { consumer: made } = consumer({ leaseMs: 200, heartbeatMs: 50 });
      const taken = new Promise<Delivery>((resolve) =>
        made.start(async (delivery) => {
          if (delivery.job.runId === 99) resolve(delivery);
          else await producer.enqueue(job(1, flooded));
          return DONE;
        }),
      );
      expect(await taken).toMatchObject({ reclaimed: true });
    },
  );

  it('prefers a new message to a silent one only when it is more urgent', async () => {
    for (const queue of ['high', 'default', 'low'] as const) {
      await makeGroup(queue);
      await producer.enqueue(job(1, queue));
      await deliverInto('dead', queue);
    }
    await producer.enqueue(job(2, 'default'));
    const source = new JobSource(producer.redis, 'spec', 60_000);
    const queues = ['high', 'default', 'low'] as const;
    const counts = async (everywhere: boolean) =>
      (await source.silent(queues, 0, everywhere)).map(({ count }) => count);
    expect(await counts(false)).toEqual([1, 1]);
    expect(await counts(true)).toEqual([1, 1, 1]);
    await producer.redis.flushall();
    expect(await counts(true)).toEqual([0, 0, 0]);
  });

  it('keeps its job when the group is destroyed, heals once, and does not run the job twice', async () => {
    const { consumer: made, events: lost } = consumer({ concurrency: 2, heartbeatMs: 100 });
    const { handler, events, seen, end } = controlled();
    let heals = 0;
    lost.on('index-lost', () => heals++);
    let failures = 0;
    lost.on('failed', () => failures++);
    const first = once(events, 'job');
    await makeGroup('default');
    await makeGroup('high');
    await makeGroup('low');
    await producer.enqueue(job(1));
    made.start(handler);
    await first;
    const healed = once(lost, 'index-lost');
    await producer.redis.xgroup('DESTROY', streamKey('default'), GROUP);
    await healed;
    const next = once(events, 'job');
    await producer.enqueue(job(2));
    await next;
    end();
    end();
    await untilEmpty();
    expect(seen.map((one) => one.job.runId)).toEqual([1, 2]);
    expect(heals).toBe(1);
    expect(failures).toBeLessThan(5);
  });

  it('takes from no queue that is closed, and goes on the moment it is opened', async () => {
    const { consumer: made } = consumer();
    const { handler, events, seen, end } = controlled();
    made.serve([]);
    made.start(handler);
    await producer.enqueue(job(1, 'high'));
    await producer.enqueue(job(2, 'low'));
    const first = once(events, 'job');
    made.serve(['low']);
    await first;
    expect(seen.map((one) => one.job.runId)).toEqual([2]);
    expect((await queueDepth(producer.redis, 'high')).ready).toBe(1);
    const second = once(events, 'job');
    made.serve(['low', 'high']);
    end();
    await second;
    end();
    await untilEmpty();
  });

  it('lets a flood of default jobs delay a high one by no more than the job in hand, and low still moves', async () => {
    const { consumer: made } = consumer({ starvedMs: 0 });
    await producer.enqueue(job(3, 'low'));
    for (let i = 0; i < 30; i++) await producer.enqueue(job(1));
    const { handler, events, seen, end } = controlled();
    let next = once(events, 'job');
    made.start(handler);
    await next;
    await producer.enqueue(job(9, 'high'));
    for (let i = 0; i < 31; i++) {
      next = once(events, 'job');
      end();
      await next;
    }
    end();
    await untilEmpty();
    const order = seen.map((one) => one.job.runId);
    // Every tenth turn belongs to the job that starves longest, so one job may come between.
    expect(order.indexOf(9)).toBeLessThanOrEqual(2);
    expect(order.indexOf(3)).toBeLessThan(12);
  });

  it('lets a job end that does so within the drain time, and reads no other meanwhile', async () => {
    const { consumer: made } = consumer({ drainMs: 60_000 });
    const { handler, events, seen, end } = controlled();
    const first = once(events, 'job');
    await producer.enqueue(job(1));
    made.start(handler);
    await first;
    const stopped = made.stop();
    await producer.enqueue(job(2));
    end();
    await stopped;
    expect(seen.map((one) => [one.job.runId, one.signal.aborted])).toEqual([[1, false]]);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 1, running: 0 });
  });

  it('asks a job to stop that does not end within the drain time', async () => {
    const { consumer: made } = consumer({ drainMs: 50 });
    const { handler, events, seen } = controlled();
    const first = once(events, 'job');
    await producer.enqueue(job(1));
    made.start(handler);
    await first;
    await made.stop();
    expect(seen[0]?.signal.aborted).toBe(true);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 1, running: 0 });
  });

  it('is forgotten once it is silent and holds nothing, and never while it holds a message', async () => {
    await makeGroup('default');
    await producer.enqueue(job(1));
    await deliverInto('dead-with-a-job', 'default');
    await deliverInto('dead-and-empty', 'default');
    await producer.redis.xgroup('CREATECONSUMER', streamKey('default'), GROUP, 'dead-and-empty');
    const upkeep = new StreamUpkeep(producer.redis, 'me', new HeldJobs(producer.redis, 'me', 60_000));
    expect(await upkeep.forgetConsumers(60_000)).toBe(0);
    expect(await upkeep.forgetConsumers(0)).toBe(1);
    const left = (await producer.redis.xinfo('CONSUMERS', streamKey('default'), GROUP)) as string[][];
    expect(left.map((info) => info[1])).toEqual(['dead-with-a-job']);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ running: 1 });
  });

  it('gives a message up under its own id, so that the next holder can renew the claim that stands under it', async () => {
    await makeGroup('default');
    await producer.enqueue(job(1));
    const { consumer: made } = consumer();
    const first = new Promise<Delivery>((resolve) =>
      made.start((delivery) => {
        resolve(delivery);
        return Promise.resolve({ kind: 'release' });
      }),
    );
    const { entryId } = await first;
    await made.stop();
    const { handler, events, seen, end } = controlled();
    const taken = once(events, 'job');
    consumer().consumer.start(handler);
    await taken;
    expect(seen[0]).toMatchObject({ entryId, reclaimed: true });
    end();
    await untilEmpty();
  });

  it('is cleared of waiting jobs without making the lag of its group unknown', async () => {
    await makeGroup('default');
    await producer.enqueue(job(1));
    await deliverInto('holder', 'default');
    for (let i = 2; i <= 5; i++) await producer.enqueue(job(i));
    await producer.enqueueAll([{ job: job(6), delayMs: 60_000 }]);
    expect(await producer.clear()).toBe(5);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 0, running: 1 });
    const [group] = (await producer.redis.xinfo('GROUPS', streamKey('default'))) as (string | number)[][];
    expect(group?.[(group?.indexOf('lag') ?? 0) + 1]).toBe(0);
  });
});
