import type { RunProgress } from '@confscope/domain';
import { LeaseLost } from '@confscope/job-queue';
import type { Fence, RunClaims } from '@confscope/persistence';

/** Why an attempt was stopped: PostgreSQL says that the run belongs to another attempt, or to none. */
export class RunTakenOver extends Error {
  override readonly name = 'RunTakenOver';
}

/** Why an attempt was stopped: it took too long. */
export class TimeLimitReached extends Error {
  override readonly name = 'TimeLimitReached';
}

export interface HeldRunLimits {
  softLimitMs: number;
  /** The process that does not stop when it is asked to is killed by its owner; this is when it must be gone. */
  hardLimitMs: number;
  runBeatMs: number;
}

/** Progress is written at most this often. */
const PROGRESS_EVERY_MS = 250;

/**
 * A run while this worker parses it: keeps its row alive, writes its progress, watches its time, and stops the work when
 * it is no longer ours. A lost message alone is no reason to stop: Redis may have been emptied, and only PostgreSQL
 * decides whose run it is.
 */
export class HeldRun {
  readonly #claims: RunClaims;
  readonly #fence: Fence;
  readonly #delivery: AbortSignal;
  readonly #limits: HeldRunLimits;
  readonly #stop = new AbortController();
  #progress: RunProgress | null = null;
  #written: RunProgress | null = null;
  #writtenAt = Date.now();

  constructor(claims: RunClaims, fence: Fence, delivery: AbortSignal, limits: HeldRunLimits) {
    this.#claims = claims;
    this.#fence = fence;
    this.#delivery = delivery;
    this.#limits = limits;
  }

  /** Why the work was stopped; undefined when it was not. */
  get stopReason(): unknown {
    const { signal } = this.#stop;
    return signal.aborted ? (signal.reason as unknown) : undefined;
  }

  /** Runs the work with a signal that aborts when it has to stop. */
  async during<T>(work: (signal: AbortSignal, onProgress: (progress: RunProgress) => void) => Promise<T>): Promise<T> {
    const ticker = setInterval(() => void this.#tick(), Math.min(PROGRESS_EVERY_MS, this.#limits.runBeatMs));
    const limit = setTimeout(() => this.#stop.abort(new TimeLimitReached()), this.#softLimitMs());
    const onDelivery = () => void this.#deliveryAborted();
    this.#delivery.addEventListener('abort', onDelivery);
    if (this.#delivery.aborted) onDelivery();
    try {
      return await work(this.#stop.signal, (progress) => (this.#progress = progress));
    } finally {
      clearInterval(ticker);
      clearTimeout(limit);
      this.#delivery.removeEventListener('abort', onDelivery);
    }
  }

  #softLimitMs(): number {
    return Math.min(this.#limits.softLimitMs, this.#limits.hardLimitMs, 2 ** 31 - 1);
  }

  async #deliveryAborted(): Promise<void> {
    const reason: unknown = this.#delivery.reason;
    if (!(reason instanceof LeaseLost)) this.#stop.abort(reason);
    else await this.#beat();
  }

  async #tick(): Promise<void> {
    const due = Date.now() - this.#writtenAt >= this.#limits.runBeatMs;
    if (due || this.#progress !== this.#written) await this.#beat();
  }

  async #beat(): Promise<void> {
    const progress = this.#progress;
    try {
      const ours = await this.#claims.beat(this.#fence, progress);
      this.#written = progress;
      this.#writtenAt = Date.now();
      if (!ours) this.#stop.abort(new RunTakenOver());
    } catch {
      // PostgreSQL is away: the fence decides when it is back, and the next tick tries again.
    }
  }
}
