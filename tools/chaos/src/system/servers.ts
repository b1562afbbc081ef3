import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type PostgresServer, type RedisServer } from '@confscope/local-services';
import { childrenOf, ownPostgres, ownRedis } from '@confscope/testing';
import { Redis } from 'ioredis';
import pg from 'pg';
import { tryKill } from './try-kill.ts';

/** Where Redis keeps its append-only files. */
const APPEND_ONLY_FOLDER = 'appendonlydir';

/** A PostgreSQL and a Redis of the storm's own, and the ways in which they fail. */
export class Servers {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly #redisFolder: string;
  readonly #remove: () => Promise<void>;
  #snapshot: string | undefined;

  private constructor(
    postgres: PostgresServer,
    redis: { server: RedisServer; folder: string },
    remove: () => Promise<void>,
  ) {
    this.postgres = postgres;
    this.redis = redis.server;
    this.#redisFolder = redis.folder;
    this.#remove = remove;
  }

  static async start(): Promise<Servers> {
    const postgres = await ownPostgres();
    const redis = await ownRedis({ appendOnly: true });
    return new Servers(postgres.server, redis, async () => {
      await Promise.all([postgres.remove(), redis.remove()]);
    });
  }

  remove(): Promise<void> {
    return this.#remove();
  }

  /** Creates a database; its URL. */
  async createDatabase(name: string): Promise<string> {
    const client = new pg.Client({ connectionString: this.postgres.url });
    await client.connect();
    await client.query(`create database ${name}`);
    // The server is killed, the machine is not: what it has handed to the kernel survives, what it still buffers must not count.
    await client.query(`alter database ${name} set synchronous_commit = on`);
    await client.end();
    const url = new URL(this.postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Runs commands on a connection of their own, past every proxy. */
  async onRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.redis.url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Kills Redis and starts it with what it had written down. */
  async killRedis(): Promise<void> {
    await this.#endRedis();
    await this.redis.restart();
  }

  /** Kills Redis and starts it without its data. */
  async loseRedisData(): Promise<void> {
    await this.#endRedis();
    await rm(join(this.#redisFolder, APPEND_ONLY_FOLDER), { recursive: true, force: true });
    await this.redis.restart();
  }

  /** Keeps what Redis knows now, to come back to it later. */
  async keepRedisSnapshot(): Promise<void> {
    this.#snapshot = join(this.#redisFolder, 'snapshot');
    await rm(this.#snapshot, { recursive: true, force: true });
    await cp(join(this.#redisFolder, APPEND_ONLY_FOLDER), this.#snapshot, { recursive: true });
  }

  /** Kills Redis and starts it with an old snapshot; without data when none was kept. */
  async restoreRedisSnapshot(): Promise<void> {
    await this.#endRedis();
    const folder = join(this.#redisFolder, APPEND_ONLY_FOLDER);
    await rm(folder, { recursive: true, force: true });
    if (this.#snapshot) await cp(this.#snapshot, folder, { recursive: true });
    await this.redis.restart();
  }

  /** Freezes or thaws PostgreSQL with all of its sessions. */
  signalPostgres(name: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.postgres;
    for (const one of [pid, ...childrenOf(pid)]) tryKill(one, name);
  }

  async #endRedis(): Promise<void> {
    const { pid } = this.redis;
    this.redis.kill('SIGKILL');
    while (isAlive(pid)) await sleep(10);
  }
}
