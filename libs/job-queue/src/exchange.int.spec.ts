import { randomUUID } from 'node:crypto';
import { setImmediate as afterWrites } from 'node:timers/promises';
import type { QueueName } from '@confscope/domain';
import type { RedisServer } from '@confscope/local-services';
import { ownRedis, TcpProxy } from '@confscope/testing';
import type { Redis } from 'ioredis';
import { Exchange } from './exchange.ts';
import { JobProducer } from './job-producer.ts';
import { type Entry, JobSource } from './job-source.ts';
import { queueDepth } from './queue-census.ts';
import { GROUP, streamKey } from './queue-keys.ts';
import { connectRedis } from './redis-connection.ts';
import { Slots } from './slots.ts';

const ALL = ['high', 'default', 'low'] as const;
const never = new AbortController().signal;

/** What one call to Redis does, without the loops of a consumer around it. */
describe('the exchange of done jobs for new ones', () => {
  let server: RedisServer;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let proxy: TcpProxy;
  let producer: JobProducer;
  let connection: Redis;
  let source: JobSource;

  beforeAll(async () => {
    redis = await ownRedis();
    server = redis.server;
    proxy = await TcpProxy.start(Number(new URL(server.url).port));
    producer = new JobProducer(server.url, 'spec');
    connection = connectRedis(proxy.through(server.url), 'me');
    await Promise.all([producer.connect(), connection.connect()]);
  });
  beforeEach(async () => {
    await producer.redis.flushall();
    source = new JobSource(connection, 'me', 60_000);
    await source.ensureGroups();
  });
  afterAll(async () => {
    producer.close();
    connection.disconnect();
    await proxy.stop();
    await redis.remove();
  });

  const put = (count: number, queue: QueueName = 'default', runId = 1) =>
    producer.enqueueAll(
      Array.from({ length: count }, () => ({
        job: { runId, taskId: randomUUID(), queue, traceparent: null },
        delayMs: 0,
      })),
    );
  const runIds = (entries: readonly Entry[]) => entries.map(({ job }) => job?.runId);

  /** An exchange whose jobs are all in slots, and what it started since. */
  async function withSlots(count: number, queues: readonly QueueName[] = ALL) {
    const slots = new Slots(count);
    const held = await source.exchange([], ALL, count);
    while (slots.tryTake());
    const started: Entry[] = [];
    const exchange = new Exchange(
      source,
      slots,
      () => queues,
      (entry) => void started.push(entry),
    );
    return { slots, held, started, exchange };
  }

  /** How many scripts Redis has run since the last time it was asked. */
  async function scriptsRun(): Promise<number> {
    const stats = await producer.redis.info('commandstats');
    await producer.redis.config('RESETSTAT');
    const calls = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)];
    return calls.reduce((sum, [, count]) => sum + Number(count), 0);
  }

  it('is one call for all that is done at the same moment, and fills every slot again', async () => {
    await put(10);
    const { held, started, exchange } = await withSlots(4);
    await scriptsRun();
    const passedOn = await Promise.all(held.map((entry) => exchange.done(entry)));
    expect(await scriptsRun()).toBe(1);
    expect(passedOn).toEqual([true, true, true, true]);
    expect(started).toHaveLength(4);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 2, running: 4 });
  });

  it('takes along in its next call all that was done while one was under way', async () => {
    await put(8);
    const { held, started, exchange } = await withSlots(4);
    await scriptsRun();
    proxy.goSilent();
    const first = held.slice(0, 1).map((entry) => exchange.done(entry));
    await afterWrites();
    const others = held.slice(1).map((entry) => exchange.done(entry));
    proxy.heal();
    expect(await Promise.all([...first, ...others])).toEqual([true, true, true, true]);
    expect(await scriptsRun()).toBe(2);
    expect(started).toHaveLength(4);
  });

  it('says which slots are free when there are fewer jobs than slots', async () => {
    await put(4);
    const { held, started, exchange } = await withSlots(3);
    const passedOn = await Promise.all(held.map((entry) => exchange.done(entry)));
    expect(passedOn.filter(Boolean)).toHaveLength(1);
    expect(started).toHaveLength(1);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 0, running: 1 });
  });

  it('leaves a message alone that another worker has taken over, and acknowledges the others', async () => {
    await put(3);
    const { held, exchange } = await withSlots(3);
    const [lost] = held;
    await producer.redis.xclaim(streamKey('default'), GROUP, 'other', 0, lost?.entryId ?? '', 'JUSTID');
    await Promise.all(held.map((entry) => exchange.done(entry)));
    const pending = (await producer.redis.xpending(streamKey('default'), GROUP, '-', '+', 10)) as unknown[][];
    expect(pending.map(([entryId, holder]) => [entryId, holder])).toEqual([[lost?.entryId, 'other']]);
  });

  it('keeps a slot for whoever waits for the next one', async () => {
    await put(5);
    const { held, slots, started, exchange } = await withSlots(2);
    const waits = slots.takeNext(60_000, never);
    const passedOn = await Promise.all(held.map((entry) => exchange.done(entry)));
    expect(passedOn).toEqual([true, false]);
    expect(started).toHaveLength(1);
    slots.release();
    expect(await waits).toBe(true);
  });

  it('acknowledges and takes nothing when no queue is open', async () => {
    await put(3);
    const { held, started, exchange } = await withSlots(2, []);
    expect(await Promise.all(held.map((entry) => exchange.done(entry)))).toEqual([false, false]);
    expect(started).toEqual([]);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 1, running: 0 });
  });

  it('takes the urgent first, and every tenth job is the one that starves longest', async () => {
    await put(2, 'low', 3);
    await put(2, 'default', 2);
    await put(30, 'high', 1);
    const starving = new JobSource(connection, 'me', 0);
    const seen = [
      ...runIds(await starving.exchange([], ALL, 7)),
      ...runIds(await starving.exchange([], ALL, 25)),
      ...runIds(await starving.exchange([], ALL, 25)),
    ];
    const expected = Array.from({ length: 34 }, () => 1);
    for (const [i, runId] of [3, 3, 2].entries()) expected[10 * i + 9] = runId;
    expected[33] = 2;
    expect(seen).toEqual(expected);
  });

  it('fails when it is to take from a group that is gone, but not when something was done', async () => {
    await put(2);
    const { held, started, exchange } = await withSlots(1);
    await producer.redis.flushall();
    await expect(source.exchange([], ALL, 1)).rejects.toThrow('NOGROUP');
    expect(await Promise.all(held.map((entry) => exchange.done(entry)))).toEqual([false]);
    expect(started).toEqual([]);
  });

  it('does not lose what it took before it came to a group that is gone', async () => {
    await put(1, 'high');
    await put(1, 'low');
    await producer.redis.xgroup('DESTROY', streamKey('default'), GROUP);
    expect((await source.exchange([], ALL, 3)).map(({ queue }) => queue)).toEqual(['high']);
    await expect(source.exchange([], ALL, 3)).rejects.toThrow('NOGROUP');
  });

  it('fails for all that was done when Redis does not answer, and may be asked again', async () => {
    await put(3);
    const { held, started, exchange } = await withSlots(2);
    proxy.loseReplies(1);
    const failed = await Promise.allSettled(held.map((entry) => exchange.done(entry)));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    // It was carried out all the same: what it took is ours, and nobody knows.
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 0, running: 1 });
    expect(await Promise.all(held.map((entry) => exchange.done(entry)))).toEqual([false, false]);
    expect(started).toEqual([]);
    expect(await queueDepth(producer.redis, 'default')).toMatchObject({ ready: 0, running: 1 });
  });
});
