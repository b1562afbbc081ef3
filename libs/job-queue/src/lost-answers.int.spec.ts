import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setImmediate as afterReplies } from 'node:timers/promises';
import type { QueueName } from '@confscope/domain';
import type { RedisServer } from '@confscope/local-services';
import { ownRedis, TcpProxy } from '@confscope/testing';
import { type Delivery, ShuttingDown } from './delivery.ts';
import { JobConsumer } from './job-consumer.ts';
import type { JobConsumerOptions } from './job-consumer-options.ts';
import { JobProducer } from './job-producer.ts';
import { indexSize, queueDepth } from './queue-census.ts';
import { GROUP, streamKey } from './queue-keys.ts';
import type { Settlement } from './settlement.ts';

/** What becomes of the job that a slot gets when the one before it is done, whatever happens between the two. */
describe('a slot that is passed on', () => {
  let server: RedisServer;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let producer: JobProducer;
  let proxy: TcpProxy;
  const consumers: JobConsumer[] = [];

  beforeAll(async () => {
    redis = await ownRedis();
    server = redis.server;
    producer = new JobProducer(server.url, 'spec');
    await producer.connect();
  });
  beforeEach(async () => {
    await producer.redis.flushall();
    proxy = await TcpProxy.start(Number(new URL(server.url).port));
  });
  afterEach(async () => {
    proxy.heal();
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    await proxy.stop();
  });
  afterAll(async () => {
    producer.close();
    await redis.remove();
  });

  const put = (runId: number, queue: QueueName = 'default') =>
    producer.enqueue({ runId, taskId: randomUUID(), queue, traceparent: null });

  /** A consumer whose jobs end when the spec says so, and what happened to it. */
  function consumer(options: Partial<JobConsumerOptions> = {}) {
    const events = new EventEmitter();
    const seen: Delivery[] = [];
    const ends: (() => void)[] = [];
    const made = new JobConsumer(
      {
        url: proxy.through(server.url),
        consumer: `worker-${randomUUID()}`,
        queues: ['high', 'default', 'low'],
        concurrency: 1,
        leaseMs: 8_000,
        heartbeatMs: 5_000,
        ...options,
      },
      {
        onError: (error, where) => events.emit(`failed to ${where}`, error),
        onIndexLost: () => undefined,
        onReclaimed: () => undefined,
        onPhantoms: (count) => events.emit('phantoms', count),
        onRubbish: () => undefined,
      },
    );
    consumers.push(made);
    const start = () =>
      made.start((delivery) => {
        seen.push(delivery);
        const ended = new Promise<Settlement>((resolve) => {
          ends.push(() => resolve({ kind: 'done' }));
          delivery.signal.addEventListener('abort', () => {
            if (delivery.signal.reason instanceof ShuttingDown) resolve({ kind: 'hand-back' });
          });
        });
        events.emit('job');
        return ended;
      });
    return { consumer: made, events, seen, start, end: () => ends.shift()?.() };
  }
  /** The same with one job in hand, and another one ready. */
  async function amidFirst() {
    const one = consumer();
    const first = once(one.events, 'job');
    await put(1);
    await put(2);
    one.start();
    await first;
    return one;
  }
  const runIds = (seen: readonly Delivery[]) => seen.map(({ job }) => job.runId);
  const untilEmpty = async () => {
    while ((await indexSize(producer.redis)) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('has its job found again, and the done one not repeated, when the answer is lost and the worker lives on', async () => {
    const { events, seen, start, end } = consumer();
    const first = once(events, 'job');
    await put(1);
    start();
    await first;
    let lost = false;
    events.on('phantoms', () => (lost = true));
    // The next answer is that of the exchange, unless one of another loop comes between.
    for (let runId = 2; !lost; runId++) {
      await put(runId);
      const next = once(events, 'job');
      proxy.loseReplies(1);
      end();
      await next;
    }
    end();
    await untilEmpty();
    expect(runIds(seen)).toEqual(Array.from(seen, (_, i) => i + 1));
    expect(seen.at(-1)?.reclaimed).toBe(true);
  });

  it('has its job taken over by another worker when the answer is lost and the worker falls silent with it', async () => {
    const silent = consumer();
    const first = once(silent.events, 'job');
    await put(1);
    await put(2);
    silent.start();
    await first;
    const failed = once(silent.events, 'failed to settle').then(() => proxy.goSilent());
    while ((await queueDepth(producer.redis, 'default')).ready > 0) {
      proxy.loseReplies(1);
      silent.end();
      await afterReplies();
    }
    await failed;
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 0, running: 1 });
    const other = consumer({ url: server.url, leaseMs: 400, heartbeatMs: 100 });
    const taken = once(other.events, 'job');
    other.start();
    await taken;
    expect(runIds(other.seen)).toEqual([2]);
    expect(other.seen[0]).toMatchObject({ reclaimed: true });
    proxy.heal();
    other.end();
    await untilEmpty();
    expect(runIds(silent.seen)).toEqual([1]);
  });

  it('has its job handed back when the worker is told to stop before the answer comes', async () => {
    const { consumer: made, seen, end } = await amidFirst();
    proxy.slowDown(100);
    end();
    await afterReplies();
    await made.stop();
    expect(runIds(seen)).toEqual([1]);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 1, running: 0 });
  });

  it('gets no job of a queue that was closed while the one before it ran', async () => {
    const { consumer: made, events, seen, end } = await amidFirst();
    made.serve(['high']);
    end();
    while ((await queueDepth(producer.redis, 'default')).running > 0) await afterReplies();
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 1, running: 0 });
    const second = once(events, 'job');
    made.serve(['default']);
    await second;
    expect(runIds(seen)).toEqual([1, 2]);
    end();
    await untilEmpty();
  });

  it('may get the very message that was to be acknowledged, when its group was made anew, and looks at it once more', async () => {
    const { events, seen, start, end } = consumer();
    const first = once(events, 'job');
    await put(1);
    start();
    await first;
    const stream = streamKey('default');
    await producer.redis.multi().xgroup('DESTROY', stream, GROUP).xgroup('CREATE', stream, GROUP, '0').exec();
    const again = once(events, 'job');
    end();
    await again;
    end();
    await untilEmpty();
    expect(seen.map(({ job, reclaimed }) => [job.runId, reclaimed])).toEqual([
      [1, false],
      [1, true],
    ]);
  });
});
