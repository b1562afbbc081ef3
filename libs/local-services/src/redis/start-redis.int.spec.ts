import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { isAlive } from '../process-table.ts';
import { redisPing } from './redis-ping.ts';
import { type RedisServer } from './redis-server.ts';
import { startRedis } from './start-redis.ts';

let folder: string;
let server: RedisServer;
const said: string[] = [];
const start = (): Promise<RedisServer> =>
  startRedis({ dataDir: path.join(folder, 'redis'), appendOnly: true, log: (line) => said.push(line) });

async function withClient<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'confscope-redis-'));
  server = await start();
  said.length = 0;
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('startRedis', () => {
  it('never drops keys by itself and listens on this machine only', async () => {
    expect(await withClient((redis) => redis.config('GET', 'maxmemory-policy', 'bind'))).toEqual(
      expect.arrayContaining(['noeviction', '127.0.0.1']),
    );
  });

  it('lets nobody in without the password', async () => {
    expect(await redisPing(server.port, 'wrong')).toBe('wrong password');
  });

  it('keeps its streams over stop and start', async () => {
    await withClient((redis) => redis.xadd('jobs', '*', 'run', '42'));
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    server = await start();
    expect(await withClient((redis) => redis.xlen('jobs'))).toBe(1);
  });

  it('comes back on the same port after it was killed', async () => {
    const { port, pid } = server;
    server.kill('SIGKILL');
    await server.restart();
    expect([server.port, server.pid === pid]).toEqual([port, false]);
    expect(await withClient((redis) => redis.ping())).toBe('PONG');
  });

  it('stops even when it is paused', async () => {
    server.kill('SIGSTOP');
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('ends the server that an earlier run left behind, and keeps its data', async () => {
    const left = server.pid;
    await withClient((redis) => redis.set('kept', 'yes'));
    server = await start();
    expect(isAlive(left)).toBe(false);
    expect(said).toEqual([`Ended the Redis that an earlier run left behind (process ${left}).`]);
    expect(await withClient((redis) => redis.get('kept'))).toBe('yes');
  });

  it('keeps the password out of the command line', () => {
    const password = new URL(server.url).password;
    expect(password).toHaveLength(48);
    expect(readFileSync(path.join(folder, 'redis/redis.conf'), 'utf8')).toContain(password);
  });
});
