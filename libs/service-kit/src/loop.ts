import { setTimeout as sleep } from 'node:timers/promises';

export interface LoopOptions {
  /** Named in reports. */
  name: string;
  /** Pause between two turns, unless a turn asks for another one. */
  everyMs: number;
  /** Share of the pause that is random, in [0, 1), so that many processes do not turn together. */
  jitter?: number;
  /** Longest pause after failing turns; the pause doubles from 100 ms. */
  maxBackoffMs?: number;
  /** A turn failed; the loop goes on. */
  onError: (error: unknown, name: string) => void;
}

/** One thing done again and again until it is stopped. A turn that fails is reported and tried again, ever more slowly. */
export class Loop {
  readonly #options: LoopOptions;
  readonly #turn: (signal: AbortSignal) => Promise<number | void>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #turnedAt = performance.now();

  /** @param turn one turn; may return the pause before the next one in ms */
  constructor(options: LoopOptions, turn: (signal: AbortSignal) => Promise<number | void>) {
    this.#options = options;
    this.#turn = turn;
  }

  /**
   * How long ago the last turn ended, in ms: proof that the loop turns, even when its turns fail. By the clock that nobody
   * sets, since the other one may be wrong by an hour and be put right at any moment.
   */
  get sinceTurnMs(): number {
    return performance.now() - this.#turnedAt;
  }

  start(): this {
    this.#running ??= this.#run();
    return this;
  }

  /** Asks the loop to end and waits for the turn in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      let pauseMs = this.#options.everyMs;
      try {
        pauseMs = (await this.#turn(signal)) ?? pauseMs;
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onError(error, this.#options.name);
        pauseMs = Math.min(100 * 2 ** failures++, this.#options.maxBackoffMs ?? 2_000);
      }
      this.#turnedAt = performance.now();
      const jitter = (this.#options.jitter ?? 0) * pauseMs * Math.random();
      if (pauseMs + jitter > 0) await sleep(pauseMs + jitter, undefined, { signal }).catch(() => undefined);
    }
  }
}
