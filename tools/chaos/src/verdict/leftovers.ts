import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, isAlive } from '@confscope/local-services';
import type { Redis } from 'ioredis';
import { DELAYED, GROUP, STREAMS } from '../faults/redis-faults.ts';
import type { Service } from '../system/service.ts';
import type { System } from '../system/system.ts';

/**
 * What is left in Redis and in the blob store though all runs have ended.
 *
 * @param tidyMs how long the system may take to tidy up once nothing is left to do
 */
export async function leftoversOf(system: System, tidyMs: number): Promise<string[]> {
  let deadline: number | undefined;
  for (;;) {
    const { left, nextDueAt } = await system.servers.onRedis((redis) => leftInRedis(redis, system.workers));
    left.push(...(await leftInStorage(system)));
    if (left.length === 0) return left;
    // A delayed message of a run that has ended is dropped when its time comes; one that is delayed anew each time never is.
    deadline ??= Math.max(Date.now(), nextDueAt) + tidyMs;
    if (Date.now() > deadline) return left;
    await sleep(1_000);
  }
}

async function leftInRedis(redis: Redis, workers: readonly Service[]): Promise<{ left: string[]; nextDueAt: number }> {
  const left: string[] = [];
  for (const stream of STREAMS) {
    const entries = await redis.xlen(stream);
    if (entries > 0) left.push(`${entries} messages in ${stream}`);
    for (const { name, pending } of await consumersOf(redis, stream)) {
      if (pending > 0) left.push(`${pending} pending entries of ${name} in ${stream}`);
      if (!workers.some(({ pid }) => name.includes(`-${pid}-`)))
        left.push(`consumer ${name} in ${stream}, whose process is gone`);
    }
  }
  const delayed = await redis.zrange(DELAYED, 0, '-1', 'WITHSCORES');
  if (delayed.length > 0) left.push(`${delayed.length / 2} delayed messages`);
  return { left, nextDueAt: Math.max(0, ...delayed.filter((_, i) => i % 2 === 1).map(Number)) };
}

async function consumersOf(redis: Redis, stream: string): Promise<{ name: string; pending: number }[]> {
  const reply = (await redis.xinfo('CONSUMERS', stream, GROUP).catch(() => [])) as (string | number)[][];
  return reply.map((flat) => ({
    name: String(flat[flat.indexOf('name') + 1]),
    pending: Number(flat[flat.indexOf('pending') + 1]),
  }));
}

async function leftInStorage(system: System): Promise<string[]> {
  const { blobs, incoming } = await system.storage.contents();
  const keysOf = async (sql: string) => (await system.rows<{ archive_key: string }>(sql)).map((row) => row.archive_key);
  const named = new Set(await keysOf('select archive_key from runs where archive_key is not null'));
  // The list of what could not be deleted at once is worked off by the worker that started last.
  const unwanted = await keysOf('select archive_key from unwanted_archives');
  const stored = new Set(blobs);
  return [
    ...blobs.filter((key) => !named.has(key)).map((key) => `blob ${key}, which no run names`),
    ...[...named].filter((key) => !stored.has(key)).map((key) => `no blob ${key}, though a run names it`),
    ...unwanted.map((key) => `archive ${key} on the list of unwanted ones`),
    ...incoming.map((name) => `a half-received file ${name}`),
  ];
}

/** A process that has lost its parent may take this long to notice, on a busy machine. */
const ENDING_MS = 15_000;

async function leftProcesses(system: System): Promise<string[]> {
  const left: string[] = [];
  for (const service of system.services)
    for (const pid of service.pids)
      if (isAlive(pid) && /parse-worker|upload-api|status-api/.test(await commandLine(pid)))
        left.push(`process ${pid} of ${service.name}`);
  return left;
}

/** What is left after every service was told to stop. */
export async function leftAfterStop(system: System): Promise<string[]> {
  const deadline = Date.now() + ENDING_MS;
  let left = await leftProcesses(system);
  for (; left.length > 0 && Date.now() < deadline; left = await leftProcesses(system)) await sleep(100);
  await system.servers.onRedis(async (redis) => {
    for (const stream of STREAMS)
      for (const { name } of await consumersOf(redis, stream)) left.push(`consumer ${name} in ${stream} after the end`);
  });
  return left;
}
