import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@confscope/local-services';
import { TcpProxy } from '@confscope/testing';
import pg from 'pg';
import { migrate, Service } from './service.ts';
import type { Servers } from './servers.ts';
import type { Storage } from './storage.ts';

export interface SystemOptions {
  servers: Servers;
  storage: Storage;
  /** Name of the database that is made for it. */
  database: string;
  /** Folder of the logs and clocks. */
  folder: string;
  workers: number;
  env: Record<string, string>;
}

/** A network of its own between each service and each server. */
export interface Networks {
  redis: TcpProxy;
  postgres: TcpProxy;
}

/** The services of one system as processes of their own, each behind networks that can fail. */
export class System {
  readonly servers: Servers;
  readonly storage: Storage;
  readonly uploadApi: Service;
  readonly statusApi: Service;
  readonly workers: readonly Service[];
  /** Past every proxy; its queries fail while PostgreSQL is away. */
  readonly database: pg.Pool;
  readonly #networks: ReadonlyMap<string, Networks>;

  private constructor(options: SystemOptions, services: Service[], networks: Map<string, Networks>, database: pg.Pool) {
    const [uploadApi, statusApi, ...workers] = services;
    if (!uploadApi || !statusApi) throw new Error('A system needs both of its APIs.');
    this.servers = options.servers;
    this.storage = options.storage;
    this.uploadApi = uploadApi;
    this.statusApi = statusApi;
    this.workers = workers;
    this.database = database;
    this.#networks = networks;
  }

  static async start(options: SystemOptions): Promise<System> {
    const { servers, storage, folder, workers, env } = options;
    const url = await servers.createDatabase(options.database);
    await migrate(url);
    await mkdir(folder, { recursive: true });
    const networks = new Map<string, Networks>();
    const services: Service[] = [];
    const names = ['upload-api', 'status-api', ...Array.from({ length: workers }, (_, i) => `worker-${i + 1}`)];
    for (const name of names) {
      const redis = await TcpProxy.start(servers.redis.port);
      const postgres = await TcpProxy.start(servers.postgres.port);
      networks.set(name, { redis, postgres });
      const clockFile = join(folder, `${name}.clock`);
      await writeFile(clockFile, '0');
      services.push(
        new Service({
          name,
          app: name.startsWith('worker-') ? 'parse-worker' : name,
          port: await freePort(),
          logFile: join(folder, `${name}.log`),
          env: {
            DATABASE_URL: postgres.through(url),
            REDIS_URL: redis.through(servers.redis.url),
            STORAGE_PATH: storage.path,
            SECRETS_FINGERPRINT_KEY: 'ab'.repeat(32),
            CHAOS_CLOCK_FILE: clockFile,
            ...env,
          },
        }),
      );
    }
    const database = new pg.Pool({ connectionString: url, max: 4 });
    database.on('error', () => undefined);
    const system = new System(options, services, networks, database);
    for (const service of services) service.start();
    await Promise.all(services.map((service) => service.untilReady()));
    return system;
  }

  get services(): Service[] {
    return [this.uploadApi, this.statusApi, ...this.workers];
  }

  networksOf(service: Service): Networks {
    const networks = this.#networks.get(service.name);
    if (!networks) throw new Error(`${service.name} has no networks.`);
    return networks;
  }

  /** Sets the wall clock of a service, now and for all its later processes. */
  async shiftClock(service: Service, shiftMs: number): Promise<void> {
    await writeFile(service.definition.env['CHAOS_CLOCK_FILE'] ?? '', String(shiftMs));
  }

  /** Rows of a query, past every proxy; fails while PostgreSQL is away. */
  async rows<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.database.query<Row>(sql, parameters)).rows;
  }

  /** Rows of a query, or null while PostgreSQL is away. */
  async rowsIfThere<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[] | null> {
    return this.rows<Row>(sql, parameters).catch(() => null);
  }

  /** Stops everything; may be called twice. */
  async stop(): Promise<void> {
    if (this.database.ended) return;
    await Promise.all(this.services.map((service) => service.stop()));
    await Promise.all([...this.#networks.values()].flatMap(({ redis, postgres }) => [redis.stop(), postgres.stop()]));
    await this.database.end();
  }
}
