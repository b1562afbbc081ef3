import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { RunProgress } from '@confscope/domain';
import type { FromChild, ParseJob, ParseOutcome, ToChild } from './protocol.ts';

/** How an attempt ended in a process that may also have died. */
export type ProcessOutcome = (ParseOutcome | { kind: 'crashed'; how: string; outOfMemory: boolean }) & {
  peakRssBytes: number | null;
};

export interface ParseProcessOptions {
  /** The built module the process runs. */
  module: URL;
  memoryMb: number;
  env: NodeJS.ProcessEnv;
}

/** The process must answer this long after it was asked to stop, or it is killed. */
const STOP_LIMIT_MS = 5_000;
/** V8 gets this share of the memory; the rest is for buffers. */
const HEAP_SHARE = 0.75;
const MAX_LAST_WORDS_CHARS = 2_000;

/**
 * One process that parses, for one job at a time. It is a process and not a thread so that whatever a hostile archive
 * does to it, the worker goes on beating for its other jobs, and so that it can be killed.
 */
export class ParseProcess {
  readonly #child: ChildProcess;
  readonly #memoryBytes: number;
  #settle: ((outcome: ProcessOutcome) => void) | undefined;
  #onProgress: (progress: RunProgress) => void = () => undefined;
  #rssBytes = 0;
  #outgrown = false;
  #lastWords = '';
  #exited = false;
  tasks = 0;

  constructor({ module, memoryMb, env }: ParseProcessOptions) {
    this.#memoryBytes = memoryMb * 1024 * 1024;
    this.#child = fork(module, [], {
      env,
      execArgv: [...process.execArgv, `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-MAX_LAST_WORDS_CHARS);
    });
    this.#child.on('message', (message: FromChild) => this.#hear(message));
    // A process that cannot be started, or be told something, ends as well; the end is what counts.
    this.#child.on('error', () => this.kill());
    this.#child.on('exit', (code, signal) => this.#end(signal ?? `exit code ${code}`));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get rssBytes(): number {
    return this.#rssBytes;
  }

  get isAlive(): boolean {
    return !this.#exited;
  }

  /** Runs one attempt. Never rejects: a process that dies is an outcome. When the signal aborts, the process is asked to stop. */
  async parse(
    job: ParseJob,
    signal: AbortSignal,
    onProgress: (progress: RunProgress) => void,
  ): Promise<ProcessOutcome> {
    this.tasks++;
    this.#onProgress = onProgress;
    let limit: NodeJS.Timeout | undefined;
    const stop = () => {
      this.#tell({ kind: 'stop' });
      limit = setTimeout(() => this.kill(), STOP_LIMIT_MS);
    };
    const outcome = new Promise<ProcessOutcome>((resolve) => (this.#settle = resolve));
    if (this.#exited) this.#end('it had ended before');
    else this.#tell({ kind: 'parse', job });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    try {
      return await outcome;
    } finally {
      clearTimeout(limit);
      signal.removeEventListener('abort', stop);
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends the process when it is idle. */
  async close(): Promise<void> {
    if (this.#exited) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    const limit = setTimeout(() => this.kill(), STOP_LIMIT_MS);
    await exit;
    clearTimeout(limit);
  }

  #tell(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #hear(message: FromChild): void {
    this.#rssBytes = message.rssBytes;
    if (message.kind === 'outcome') {
      this.#done({ ...message.outcome, peakRssBytes: message.peakRssBytes });
    } else if (this.#settle && message.rssBytes > this.#memoryBytes) {
      this.#outgrown = true;
      this.kill();
    } else if (message.kind === 'progress') this.#onProgress(message.progress);
  }

  #end(how: string): void {
    this.#exited = true;
    const heap = /heap out of memory|allocation failed/i.test(this.#lastWords);
    const outOfMemory = this.#outgrown || heap;
    const told = outOfMemory ? `it needed more than its ${this.#memoryBytes / 1024 / 1024} MiB of memory` : how;
    this.#done({ kind: 'crashed', how: told, outOfMemory, peakRssBytes: this.#rssBytes || null });
  }

  #done(outcome: ProcessOutcome): void {
    this.#settle?.(outcome);
    this.#settle = undefined;
  }
}
