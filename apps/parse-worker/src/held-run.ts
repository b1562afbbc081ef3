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
  /** When the work is asked to stop. */
  softLimitMs: number;
  /** When it is ended, whatever it does. */
  hardLimitMs: number;
  /** How often PostgreSQL hears that the run is alive, at least. */
  runBeatMs: number;
}

/** What a held run gives to the work on it. */
export interface WorkSignals {
  /** Aborts when the work is to stop at its next chance. */
  stop: AbortSignal;
  /** Aborts when it is to be ended, whatever it does. */
  kill: AbortSignal;
  onProgress: (progress: RunProgress) => void;
}

/** Progress is written at most this often. */
const PROGRESS_EVERY_MS = 250;
/** Work that somebody waits for the end of has this long to stop by itself. */
const STOP_GRACE_MS = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A run while this worker parses it: keeps its row alive, writes its progress, watches its time, and stops the work when
 * it is no longer ours. A lost message alone is no reason to stop: Redis may have been emptied, and only PostgreSQL
 * decides whose run it is.
 */
export class HeldRun {
  readonly #claims: Pick<RunClaims, 'beat'>;
  readonly #delivery: AbortSignal;
  readonly #limits: HeldRunLimits;
  readonly #stop = new AbortController();
  readonly #kill = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  #beating = false;
  #progress: RunProgress | null = null;
  #written: RunProgress | null = null;
  #writtenAt = performance.now();
  readonly fence: Fence;

  constructor(claims: Pick<RunClaims, 'beat'>, fence: Fence, delivery: AbortSignal, limits: HeldRunLimits) {
    this.#claims = claims;
    this.fence = fence;
    this.#delivery = delivery;
    this.#limits = limits;
  }

  /** Why the work was stopped; undefined when it was not. */
  get stopReason(): unknown {
    const { signal } = this.#stop;
    return signal.aborted ? (signal.reason as unknown) : undefined;
  }

  /** Runs the work with signals that abort when it has to stop. */
  async during<T>(work: (signals: WorkSignals) => Promise<T>): Promise<T> {
    const ticker = setInterval(() => void this.#tick(), Math.min(PROGRESS_EVERY_MS, this.#limits.runBeatMs));
    this.#after(this.#limits.softLimitMs, () => this.#stop.abort(new TimeLimitReached()));
    this.#after(this.#limits.hardLimitMs, () => this.#end(new TimeLimitReached()));
    const onDelivery = () => void this.#deliveryAborted();
    this.#delivery.addEventListener('abort', onDelivery);
    if (this.#delivery.aborted) onDelivery();
    try {
      return await work({
        stop: this.#stop.signal,
        kill: this.#kill.signal,
        onProgress: (progress) => (this.#progress = progress),
      });
    } finally {
      clearInterval(ticker);
      for (const timer of this.#timers) clearTimeout(timer);
      this.#delivery.removeEventListener('abort', onDelivery);
    }
  }

  /** PostgreSQL says that the run is ours no longer: it was cancelled, or another worker has it. */
  takenOver(): void {
    this.#stopSoon(new RunTakenOver());
  }

  /** Somebody waits for the end: the work may stop by itself, but not take its time. */
  #stopSoon(reason: Error): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(reason);
    this.#after(STOP_GRACE_MS, () => this.#end(reason));
  }

  #end(reason: Error): void {
    this.#stop.abort(reason);
    this.#kill.abort(reason);
  }

  #after(ms: number, call: () => void): void {
    this.#timers.push(setTimeout(call, Math.min(ms, LONGEST_TIMER_MS)));
  }

  async #deliveryAborted(): Promise<void> {
    const reason = this.#delivery.reason as Error;
    if (!(reason instanceof LeaseLost)) this.#stopSoon(reason);
    else await this.#beat();
  }

  async #tick(): Promise<void> {
    const due = performance.now() - this.#writtenAt >= this.#limits.runBeatMs;
    if (due || this.#progress !== this.#written) await this.#beat();
  }

  async #beat(): Promise<void> {
    // A slow PostgreSQL is not helped by more questions.
    if (this.#beating) return;
    this.#beating = true;
    const progress = this.#progress;
    try {
      const ours = await this.#claims.beat(this.fence, progress);
      this.#written = progress;
      this.#writtenAt = performance.now();
      if (!ours) this.takenOver();
    } catch {
      // PostgreSQL is away: the fence decides when it is back, and the next tick tries again.
    } finally {
      this.#beating = false;
    }
  }
}
