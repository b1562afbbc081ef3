import { workerMetrics } from '../worker-metrics.ts';
import { type ParseControls, ParseProcess, type ParseProcessOptions, type ProcessOutcome } from './parse-process.ts';
import type { ParseJob } from './protocol.ts';

export interface ParseProcessesOptions extends ParseProcessOptions {
  /** How many are kept ready. */
  count: number;
  /** A process is replaced after this many jobs, or when it has grown past its memory. */
  maxTasks: number;
}

/** The parsing processes of a worker. Starting one takes time, so they are kept and started ahead. */
export class ParseProcesses {
  readonly #options: ParseProcessesOptions;
  readonly #idle: ParseProcess[] = [];
  readonly #busy = new Set<ParseProcess>();
  #closed = false;

  constructor(options: ParseProcessesOptions) {
    this.#options = options;
    for (let i = 0; i < options.count; i++) this.#idle.push(new ParseProcess(options));
  }

  /** Memory of all parsing processes, as last told. */
  get rssBytes(): number {
    return [...this.#idle, ...this.#busy].reduce((sum, one) => sum + one.rssBytes, 0);
  }

  /** Runs one attempt in a process of its own. Never rejects. */
  async parse(job: ParseJob, controls: ParseControls): Promise<ProcessOutcome> {
    const one = this.#take();
    this.#busy.add(one);
    try {
      const outcome = await one.parse(job, controls);
      workerMetrics.attempted(outcome);
      return outcome;
    } finally {
      this.#busy.delete(one);
      this.#putBack(one);
    }
  }

  /** Ends all of them; jobs in hand must have been stopped before. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const one of this.#busy) one.kill();
    await Promise.all(this.#idle.splice(0).map((one) => one.close()));
  }

  #take(): ParseProcess {
    for (let one = this.#idle.pop(); one; one = this.#idle.pop()) if (one.isAlive) return one;
    return new ParseProcess(this.#options);
  }

  #putBack(one: ParseProcess): void {
    const { maxTasks, memoryMb } = this.#options;
    const worn = one.tasks >= maxTasks || one.rssBytes > memoryMb * 1024 * 1024;
    if (one.isAlive && !worn && !this.#closed) {
      this.#idle.push(one);
      return;
    }
    if (one.isAlive) void one.close();
    if (!this.#closed) this.#idle.unshift(new ParseProcess(this.#options));
  }
}
