import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEnd, RESTART_POLICY, type RestartHistory, type RestartPolicy } from './restart-policy.ts';

/** A service to keep alive. */
export interface ServiceSpec {
  name: string;
  /** Arguments of Node. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Where it answers `/health/ready`. */
  port: number;
}

/** Where its words go: `line` is the service speaking, `note` is about it. */
export interface ServiceVoice {
  line(text: string): void;
  note(text: string): void;
}

/** Limits of one supervised service. */
export interface SuperviseLimits {
  policy: RestartPolicy;
  /** A service that is still not ready after this long is killed, which counts as an end. */
  readyWithinMs: number;
  /** Between SIGTERM and SIGKILL. */
  stopWithinMs: number;
}

const LIMITS: SuperviseLimits = { policy: RESTART_POLICY, readyWithinMs: 120_000, stopWithinMs: 15_000 };
const READY_POLL_MS = 100;
const LAST_LINES = 15;

/**
 * Keeps one service running until it is stopped. The child has an IPC channel: when the runner dies, even by kill -9,
 * the service sees `disconnect` and ends by itself. It also has a process group of its own, so that Ctrl-C in the
 * terminal reaches the runner alone, which then stops everything in order.
 */
export class SupervisedService {
  readonly #spec: ServiceSpec;
  readonly #voice: ServiceVoice;
  readonly #limits: SuperviseLimits;
  readonly #stopping = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #running: Promise<void> | undefined;
  #lastLines: string[] = [];

  constructor(spec: ServiceSpec, voice: ServiceVoice, limits: Partial<SuperviseLimits> = {}) {
    this.#spec = spec;
    this.#voice = voice;
    this.#limits = { ...LIMITS, ...limits };
    // Whoever waits for readiness hears of a failure; nobody has to wait.
    this.#ready.promise.catch(() => undefined);
  }

  /** Settles with an error when the service could not be brought up at all; stays open while it is kept alive. */
  get ended(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /** The process id of the present incarnation. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it; resolves when it is ready for the first time, rejects when it gives up or is stopped before. */
  start(): Promise<void> {
    this.#running ??= this.#keepAlive().catch((error: unknown) => {
      this.#ready.reject(error);
      throw error;
    });
    // The error is for those who look at `ended`; unobserved it must not end the runner.
    this.#running.catch(() => undefined);
    return this.#ready.promise;
  }

  /** Ends it and keeps it ended: SIGTERM, then SIGKILL to its whole group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#signalGroup('SIGTERM');
    const hardLimit = setTimeout(() => {
      this.#voice.note(`does not end after ${this.#limits.stopWithinMs / 1_000} s: killing it`);
      this.kill();
    }, this.#limits.stopWithinMs);
    await this.#running?.catch(() => undefined);
    clearTimeout(hardLimit);
    this.#ready.reject(new Error(`${this.#spec.name} was stopped`));
  }

  /** Ends it at once, with whatever processes it started. */
  kill(): void {
    this.#stopping.abort();
    this.#signalGroup('SIGKILL');
  }

  async #keepAlive(): Promise<void> {
    let history: RestartHistory = { ends: 0, wasEverReady: false };
    while (!this.#stopping.signal.aborted) {
      const startedAt = performance.now();
      const { how, wasReady } = await this.#runOnce();
      if (this.#stopping.signal.aborted) return;
      history.wasEverReady ||= wasReady;
      const next = afterEnd(this.#limits.policy, history, performance.now() - startedAt);
      history = next.history;
      const lines = this.#lastLines.map((line) => `\n    ${line}`).join('');
      if (next.delayMs === 'give up')
        throw new Error(
          `${this.#spec.name} ended ${history.ends} times without becoming ready (${how}). It said:${lines}`,
        );
      this.#voice.note(`ended unexpectedly (${how}); starting it again in ${next.delayMs / 1_000} s. It said:${lines}`);
      await sleep(next.delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  /** One life of the process, from spawn to exit. */
  async #runOnce(): Promise<{ how: string; wasReady: boolean }> {
    this.#lastLines = [];
    const { args, env } = this.#spec;
    const child = spawn(process.execPath, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    const exited = once(child, 'exit').then(
      ([code, signal]: (number | string | null)[]) => (signal === null ? `exit code ${code}` : `${signal}`),
      (error: Error) => error.message,
    );
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface(stream).on('line', (line) => this.#hear(line));
    const over = new AbortController();
    const becameReady = this.#waitUntilReady(over.signal);
    const how = await exited;
    over.abort();
    return { how, wasReady: await becameReady };
  }

  async #waitUntilReady(over: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + this.#limits.readyWithinMs;
    while (!over.aborted) {
      if (await isReady(this.#spec.port)) {
        this.#ready.resolve();
        return true;
      }
      if (performance.now() > deadline) {
        this.#voice.note(`is not ready after ${this.#limits.readyWithinMs / 1_000} s: killing it`);
        this.#signalGroup('SIGKILL');
        return false;
      }
      await sleep(READY_POLL_MS, undefined, { signal: over }).catch(() => undefined);
    }
    return false;
  }

  #hear(line: string): void {
    this.#lastLines = [...this.#lastLines, line].slice(-LAST_LINES);
    this.#voice.line(line);
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
