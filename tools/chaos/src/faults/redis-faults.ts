import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { chosen } from '@confscope/random';
import { between, type FaultContext, type FaultKind } from './fault.ts';

/** The streams and the group of the dispatch index, as `ARCHITECTURE.md` names them. */
export const STREAMS = ['high', 'default', 'low'].map((queue) => `{confscope}:queue:${queue}`);
export const DELAYED = '{confscope}:delayed';
export const GROUP = 'parse-worker';

/** A fault of the Redis server. */
const redisFault = (
  kind: string,
  weight: number,
  isOutage: boolean,
  work: (context: FaultContext) => Promise<string>,
): FaultKind => ({
  kind,
  weight,
  recovery: 'working',
  isOutage,
  inject: (context) =>
    context.resources.use(['redis'], async () => {
      const startedAt = Date.now();
      const target = await work(context);
      return { target, startedAt, endedAt: Date.now() };
    }),
});

/** A fault that is a few commands. */
const command = (
  kind: string,
  weight: number,
  work: (redis: Redis, context: FaultContext) => Promise<string>,
): FaultKind =>
  redisFault(kind, weight, false, (context) => context.system.servers.onRedis((redis) => work(redis, context)));

const frozen = (kind: string, weight: number, min: number, max: number): FaultKind =>
  redisFault(kind, weight, true, async ({ system, leaseMs, dice }) => {
    const { redis } = system.servers;
    const ms = between(min * leaseMs, max * leaseMs, dice[1]);
    redis.kill('SIGSTOP');
    await sleep(ms);
    redis.kill('SIGCONT');
    return `for ${ms} ms`;
  });

export const redisFaults: readonly FaultKind[] = [
  redisFault('Redis killed and restarted', 3, true, async ({ system }) => {
    await system.servers.killRedis();
    return 'with its data';
  }),
  redisFault('Redis restarted without its data', 3, true, async ({ system }) => {
    await system.servers.loseRedisData();
    return 'empty';
  }),
  redisFault('Redis restarted from an old snapshot', 2, true, async ({ system, leaseMs }) => {
    await system.servers.keepRedisSnapshot();
    await sleep(leaseMs / 2);
    await system.servers.restoreRedisSnapshot();
    return `${leaseMs / 2} ms old`;
  }),
  frozen('Redis frozen', 3, 0.1, 0.6),
  frozen('Redis frozen past the lease', 1, 1.1, 1.4),
  command('Redis emptied', 3, async (redis) => {
    await redis.flushall();
    return 'FLUSHALL';
  }),
  command('consumer group destroyed', 3, async (redis, { dice }) => {
    const streams = dice[1] < 0.3 ? STREAMS : [chosen(STREAMS, dice[2])];
    for (const stream of streams) await redis.xgroup('DESTROY', stream, GROUP).catch(() => undefined);
    return streams.join(' ');
  }),
  command('connections to Redis cut', 2, async (redis) => {
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    return 'CLIENT KILL';
  }),
  redisFault('Redis full', 1, true, async ({ system, dice }) => {
    const ms = between(1_000, 5_000, dice[1]);
    await system.servers.onRedis(async (redis) => {
      await redis.config('SET', 'maxmemory', '1');
      await sleep(ms);
      await redis.config('SET', 'maxmemory', '0');
    });
    return `for ${ms} ms`;
  }),
  command('messages duplicated', 3, async (redis) => {
    let copies = 0;
    for (const stream of STREAMS)
      for (const [, fields] of await redis.xrange(stream, '-', '+', 'COUNT', 20).catch(() => [])) {
        await redis.xadd(stream, '*', ...fields);
        copies++;
      }
    return `${copies} messages`;
  }),
  command('messages lost', 2, async (redis, { dice }) => {
    let lost = 0;
    for (const stream of STREAMS)
      for (const [id] of await redis.xrange(stream, '-', '+', 'COUNT', 20).catch(() => []))
        if ((lost * 7 + dice[1]) % 2 < 1) lost += await redis.xdel(stream, id);
    return `${lost} messages`;
  }),
  command('rubbish in the streams', 2, async (redis) => {
    for (const stream of STREAMS) {
      await redis.xadd(stream, '*', 'job', 'not json');
      await redis.xadd(stream, '*', 'colour', 'blue');
      await redis.xadd(stream, '*', 'job', JSON.stringify({ runId: 999_999_999, taskId: 'x', queue: 'low' }));
      await redis.xadd(stream, '*', 'job', JSON.stringify({ runId: -1, taskId: null, queue: '__proto__' }));
    }
    await redis.zadd(DELAYED, 0, 'not json', 1, '{"queue":"nowhere"}', 2, '[1]');
    return 'messages and delayed jobs that are none of ours';
  }),
];
