import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '@confscope/local-services';
import { Redis } from 'ioredis';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { migrate, ServiceProcess } from './service-process.ts';

/** A run as the API shows it; only what specs ask for. */
export interface Run {
  id: number;
  status: string;
  task_id: string;
  label: string | null;
  retry_count: number;
  error_type: string | null;
  error_message: string | null;
  metrics: Record<string, number> & { diagnostics?: Record<string, number> };
  progress: { percent: number; files: number; stanzas: number };
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

const FINISHED = ['complete', 'failed', 'cancelled'];

/** The whole system: real services as processes of their own, a database and a Redis of their own, spoken to over HTTP. */
export class Stack {
  readonly workers: ServiceProcess[] = [];
  #uploadApi!: ServiceProcess;
  #statusApi!: ServiceProcess;

  private constructor(
    readonly database: TestDatabase,
    readonly redis: RedisServer,
    readonly storage: string,
    private readonly env: Record<string, string>,
    private readonly removeRedis: () => Promise<void>,
  ) {}

  /** Starts one of each, with short leases so that a dead worker is missed soon; `env` overrides. */
  static async start(env: Record<string, string> = {}, workers = 1): Promise<Stack> {
    const [database, redis, storage] = await Promise.all([
      createTestDatabase(),
      ownRedis(),
      mkdtemp(join(tmpdir(), 'confscope-e2e-')),
    ]);
    const stack = new Stack(
      database,
      redis.server,
      storage,
      {
        DATABASE_URL: database.url,
        REDIS_URL: redis.server.url,
        STORAGE_PATH: storage,
        SECRETS_FINGERPRINT_KEY: 'ab'.repeat(32),
        LEASE_S: '2',
        HEARTBEAT_INTERVAL_S: '0.4',
        RECONCILE_INTERVAL_S: '1',
        TASK_RETRY_DELAYS_S: '0.1,0.2,0.3',
        ...env,
      },
      () => redis.remove(),
    );
    try {
      await migrate(database.url);
      [stack.#uploadApi, stack.#statusApi] = await Promise.all([
        ServiceProcess.start('upload-api', stack.env),
        ServiceProcess.start('status-api', stack.env),
      ]);
      for (let i = 0; i < workers; i++) await stack.addWorker();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  get uploadApi(): ServiceProcess {
    return this.#uploadApi;
  }

  get statusApi(): ServiceProcess {
    return this.#statusApi;
  }

  async addWorker(env: Record<string, string> = {}): Promise<ServiceProcess> {
    const worker = await ServiceProcess.start('parse-worker', { ...this.env, ...env });
    this.workers.push(worker);
    return worker;
  }

  /** Stops both APIs and starts them again, as a deployment does; `between` runs while there is none. */
  async restartApis(between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await Promise.all([this.#uploadApi.stop(), this.#statusApi.stop()]);
    await between();
    [this.#uploadApi, this.#statusApi] = await Promise.all([
      ServiceProcess.start('upload-api', this.env),
      ServiceProcess.start('status-api', this.env),
    ]);
  }

  /** Empties Redis: the dispatch index is gone. */
  async flushRedis(): Promise<void> {
    const redis = new Redis(this.redis.url);
    await redis.flushall();
    redis.disconnect();
  }

  async get<Body>(path: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const response = await fetch(`${this.#statusApi.url}${path}`, { headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : null) as Body };
  }

  /** What the status API answers in plain text. */
  async text(path: string): Promise<string> {
    const response = await fetch(`${this.#statusApi.url}${path}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} was refused: ${text}`);
    return text;
  }

  async send<Body>(method: string, path: string, init: Omit<RequestInit, 'method'> = {}): Promise<Answer<Body>> {
    const response = await fetch(`${this.#uploadApi.url}${path}`, { ...init, method });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : null) as Body };
  }

  /** Uploads an archive; the run it became. */
  async upload(content: Buffer, name: string, fields: Record<string, string> = { type: 'ds_etc' }): Promise<Run> {
    const { status, body } = await this.send<Run>('POST', '/v1/uploads', { body: formOf(content, name, fields) });
    if (status !== 201) throw new Error(`The upload was refused: ${JSON.stringify(body)}`);
    return body;
  }

  async run(id: number): Promise<Run> {
    return (await this.get<Run>(`/v1/runs/${id}`)).body;
  }

  /** Waits until the run is finished, or until the condition holds. */
  async until(id: number, condition: (run: Run) => boolean = (run) => FINISHED.includes(run.status)): Promise<Run> {
    for (;;) {
      const run = await this.run(id);
      if (condition(run)) return run;
      if (FINISHED.includes(run.status)) throw new Error(`Run ${id} ended first: ${JSON.stringify(run)}`);
      await sleep(20);
    }
  }

  /** Everything that the services have written to their logs. */
  logs(): string {
    return [this.#uploadApi, this.#statusApi, ...this.workers].map((service) => service.output).join('');
  }

  /** Files of the blob store, incoming ones too. */
  async blobs(): Promise<string[]> {
    const entries = await readdir(this.storage, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  }

  async stop(): Promise<void> {
    const services = [...this.workers, this.#uploadApi, this.#statusApi].filter(Boolean);
    await Promise.all(services.map((service) => service.stop()));
    await this.removeRedis();
    await this.database.drop();
    await rm(this.storage, { recursive: true, force: true });
  }
}

/** A multipart form with the file and the fields. */
export function formOf(content: Buffer, name: string, fields: Record<string, string>): FormData {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(content)]), name);
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  return form;
}
