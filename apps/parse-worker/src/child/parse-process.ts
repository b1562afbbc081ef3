import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { RunProgress } from '@confscope/domain';
import { oomKills, rssOf } from './process-memory.ts';
import type { FromChild, ParseJob, ParseOutcome, ToChild } from './protocol.ts';

/** How an attempt ended in a process that may also have died. */
export type ProcessOutcome = (
  | ParseOutcome
  | { kind: 'crashed'; how: string; outOfMemory: boolean }
  /** The process ended by itself before it was ready for any job: something around it is away or wrong, not the archive. */
  | { kind: 'unstarted'; how: string }
) & {
  peakRssBytes: number | null;
};

export interface ParseProcessOptions {
  /** The built module the process runs. */
  module: URL;
  memoryMb: number;
  env: NodeJS.ProcessEnv;
}

/** How an attempt is watched and ended. */
export interface ParseControls {
  /** Aborts when the process is to stop at its next chance. */
  stop: AbortSignal;
  /** Aborts when the process is to be ended, whatever it does. */
  kill: AbortSignal;
  onProgress: (progress: RunProgress) => void;
}

/** An idle process must be gone this long after it was told to go, or it is killed. */
const CLOSE_LIMIT_MS = 1_000;
/**
 * What V8 may take, over the memory limit. The limit itself is watched from outside; V8's own is for what grows between
 * two looks, and must stay below what a container has. A lower one makes V8 collect more and more often long before it is
 * reached, for a quarter of the time.
 */
const HEAP_SHARE = 2;
/** Room for new objects: what dies there costs nothing, so more of it spares time, and memory as long as few are there at once. */
const YOUNG_MB = 32;
/**
 * What the old objects may take before V8 first looks which of them are garbage, over the memory limit. With a limit of its
 * own it looks after every few megabytes otherwise, for a fifth of the time.
 */
const OLD_SHARE = 3 / 16;
/**
 * V8 watches a function from its first call on, and not from its eighth: what is called most is compiled sooner, for a
 * sixteenth of the time of a process's first large run.
 */
const EAGER = '--no-lazy-feedback-allocation';
const MEMORY_CHECK_MS = 100;
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
  #peakRssBytes = 0;
  #oomKillsBefore: number | null = null;
  #ready = false;
  /** It ended by itself before it was ready for any job. */
  #gaveUp = false;
  #killed = false;
  #gone = false;
  #outgrown = false;
  #lastWords = '';
  #end: string | undefined;
  tasks = 0;

  constructor({ module, memoryMb, env }: ParseProcessOptions) {
    this.#memoryBytes = memoryMb * 1024 * 1024;
    this.#child = fork(module, [], {
      // Few arenas: memory that is free in one of glibc's is of no use to the others.
      env: { MALLOC_ARENA_MAX: '2', ...env },
      // The worker's own flags are for a service, such as the one that preloads its telemetry.
      execArgv: [
        `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`,
        `--initial-old-space-size=${Math.floor(memoryMb * OLD_SHARE)}`,
        `--max-semi-space-size=${YOUNG_MB}`,
        EAGER,
      ],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-MAX_LAST_WORDS_CHARS);
    });
    this.#child.on('message', (message: FromChild) => this.#hear(message));
    // A process that cannot be started, or be told something, ends as well; the end is what counts.
    this.#child.on('error', () => this.kill());
    this.#child.on('exit', (code, signal) => {
      this.#gone = true;
      this.#gaveUp = signal === null && !this.#ready;
      const end = () => this.#ended(signal ?? `exit code ${code}`);
      // Its last words, which may say why, are read to their end first.
      if (!this.#child.stderr || this.#child.stderr.closed) end();
      else this.#child.stderr.once('close', end);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get rssBytes(): number {
    return this.#rssBytes;
  }

  get isAlive(): boolean {
    return !this.#gone && !this.#killed;
  }

  /** Runs one attempt. Never rejects: a process that dies is an outcome. */
  async parse(job: ParseJob, { stop, kill, onProgress }: ParseControls): Promise<ProcessOutcome> {
    this.tasks++;
    this.#onProgress = onProgress;
    this.#peakRssBytes = 0;
    this.#oomKillsBefore = oomKills();
    const outcome = new Promise<ProcessOutcome>((resolve) => (this.#settle = resolve));
    if (this.#end !== undefined) this.#done(this.#death(this.#end));
    else this.#tell({ kind: 'parse', job });
    const unlisten = [onAbort(stop, () => this.#tell({ kind: 'stop' })), onAbort(kill, () => this.kill())];
    const memory = setInterval(() => this.#checkMemory(), MEMORY_CHECK_MS);
    try {
      return await outcome;
    } finally {
      clearInterval(memory);
      for (const stopListening of unlisten) stopListening();
    }
  }

  kill(): void {
    this.#killed = true;
    this.#child.kill('SIGKILL');
  }

  /** Ends the process when it is idle. */
  async close(): Promise<void> {
    if (this.#gone) return;
    const gone = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    const limit = setTimeout(() => this.kill(), CLOSE_LIMIT_MS);
    await gone;
    clearTimeout(limit);
  }

  #tell(message: ToChild): void {
    // A process that ends while it is told something is noticed by its end.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #hear(message: FromChild): void {
    this.#ready = true;
    this.#measured(message.rssBytes);
    if (message.kind === 'outcome')
      this.#done({ ...message.outcome, peakRssBytes: Math.max(message.peakRssBytes, this.#peakRssBytes) });
    else if (message.kind === 'progress') this.#onProgress(message.progress);
  }

  /** Asks the kernel, since a process that is busy with one large file says nothing for a while. */
  #checkMemory(): void {
    const rssBytes = this.pid === undefined ? null : rssOf(this.pid);
    if (rssBytes !== null) this.#measured(rssBytes);
  }

  #measured(rssBytes: number): void {
    this.#rssBytes = rssBytes;
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes);
    if (!this.#settle || rssBytes <= this.#memoryBytes) return;
    this.#outgrown = true;
    this.kill();
  }

  #ended(how: string): void {
    this.#end = how;
    this.#done(this.#death(how));
  }

  #death(how: string): ProcessOutcome {
    const peakRssBytes = this.#peakRssBytes || null;
    if (this.#gaveUp) return { kind: 'unstarted', how, peakRssBytes };
    const heap = /heap out of memory|allocation failed/i.test(this.#lastWords);
    if (this.#outgrown || heap) {
      const cap = this.#memoryBytes / 1024 / 1024;
      const told = `it needed more than the ${cap} MiB of memory that WORKER_CHILD_MEMORY_MB gives it.`;
      return { kind: 'crashed', how: told, outOfMemory: true, peakRssBytes };
    }
    const kills = oomKills();
    if (how === 'SIGKILL' && !this.#killed && kills !== null && kills > (this.#oomKillsBefore ?? kills)) {
      const told = 'the kernel ended it because the memory of the machine or the container ran out.';
      return { kind: 'crashed', how: told, outOfMemory: true, peakRssBytes };
    }
    return { kind: 'crashed', how: `it ended with ${how}.`, outOfMemory: false, peakRssBytes };
  }

  #done(outcome: ProcessOutcome): void {
    this.#settle?.(outcome);
    this.#settle = undefined;
  }
}

/** Calls when the signal aborts, or now if it has; returns how to stop listening. */
function onAbort(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { once: true });
  return () => signal.removeEventListener('abort', call);
}
