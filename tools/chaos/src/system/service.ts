import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { serviceArguments } from '@confscope/local-services';
import { childrenOf } from '@confscope/testing';
import { tryKill } from './try-kill.ts';

export const root = join(import.meta.dirname, '..', '..', '..', '..');

const CLOCK = join(import.meta.dirname, '..', '..', 'src', 'system', 'shift-clock.mjs');
const RESTART_DELAY_MS = 300;
const READY_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

export interface ServiceDefinition {
  /** Name in the storm, such as `worker-2`. */
  name: string;
  /** Folder of the app, such as `parse-worker`. */
  app: string;
  port: number;
  env: Record<string, string>;
  /** Output of all its processes, one after the other. */
  logFile: string;
}

/** How a process of a service ended. */
export interface ServiceExit {
  service: string;
  pid: number;
  at: number;
  end: number | string;
  wasReady: boolean;
  /** The storm had signalled it. */
  caused: boolean;
}

/** One service, kept alive as an orchestrator does: whenever its process ends, a new one is started. */
export class Service {
  readonly definition: ServiceDefinition;
  readonly exits: ServiceExit[] = [];
  /** Every process this service and its processes ever had. */
  readonly pids = new Set<number>();
  #child: ChildProcess | undefined;
  #wanted = false;
  #ready = false;
  #caused = false;

  constructor(definition: ServiceDefinition) {
    this.definition = definition;
  }

  get name(): string {
    return this.definition.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.definition.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** The parsing processes of a worker. */
  children(): number[] {
    const children = this.pid === undefined ? [] : childrenOf(this.pid);
    for (const child of children) this.pids.add(child);
    return children;
  }

  start(): void {
    this.#wanted = true;
    this.#launch();
  }

  /** Waits until it answers that it is ready. */
  async untilReady(): Promise<void> {
    const deadline = Date.now() + READY_LIMIT_MS;
    while (!this.#ready) {
      if (Date.now() > deadline) throw new Error(`${this.name} did not become ready; see ${this.definition.logFile}`);
      await sleep(50);
    }
  }

  /** Signals the process, as the storm does; its end is no surprise then. */
  signal(name: NodeJS.Signals): void {
    if (name === 'SIGKILL' || name === 'SIGTERM') {
      this.#caused = true;
      this.#ready = false;
    }
    this.#child?.kill(name);
  }

  /** Asks it to stop and waits until this process is gone; the supervisor starts the next. */
  async terminate(): Promise<{ end: number | string; tookMs: number }> {
    const child = this.#child;
    const startedAt = performance.now();
    if (!child || this.pid === undefined) return { end: 'not running', tookMs: 0 };
    const exit = once(child, 'exit');
    this.signal('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exit;
    clearTimeout(limit);
    return { end: child.exitCode ?? child.signalCode ?? 'unknown', tookMs: performance.now() - startedAt };
  }

  /** Stops it for good. */
  async stop(): Promise<void> {
    this.#wanted = false;
    // A frozen process hears nothing.
    for (const pid of [this.pid, ...this.children()]) if (pid !== undefined) tryKill(pid, 'SIGCONT');
    await this.terminate();
  }

  #launch(): void {
    const { app, port, env, logFile } = this.definition;
    const log = openSync(logFile, 'a');
    // In the environment, because the processes that a worker starts have its clock too.
    const clock = `--import=${pathToFileURL(CLOCK).href}`;
    const child = spawn(process.execPath, serviceArguments(root, app), {
      env: {
        PATH: process.env['PATH'],
        NODE_OPTIONS: clock,
        ...env,
        PORT: String(port),
        HOST: '127.0.0.1',
        OTEL_SERVICE_NAME: app,
      },
      // The channel ends the service with us, whatever ends us.
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child = child;
    this.#ready = false;
    this.#caused = false;
    if (child.pid !== undefined) this.pids.add(child.pid);
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => this.#ended(child, code ?? signal ?? 'unknown'));
    void this.#watch(child);
  }

  #ended(child: ChildProcess, end: number | string): void {
    const { pid = 0 } = child;
    this.exits.push({
      service: this.name,
      pid,
      at: Date.now(),
      end,
      wasReady: this.#ready,
      caused: this.#caused || !this.#wanted,
    });
    this.#ready = false;
    if (this.#wanted) setTimeout(() => this.#wanted && this.#launch(), RESTART_DELAY_MS);
  }

  async #watch(child: ChildProcess): Promise<void> {
    while (child === this.#child && this.pid !== undefined) {
      const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(
        () => null,
      );
      await response?.body?.cancel();
      if (response?.ok) {
        this.#ready = true;
        return;
      }
      await sleep(100);
    }
  }
}

/** Runs the migration program to its end. */
export async function migrate(databaseUrl: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'tools/migrate/dist/main.js')], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The migration failed: ${errors}`);
}
