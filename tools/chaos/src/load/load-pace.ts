import { setTimeout as sleep } from 'node:timers/promises';

/** So many uploads may be ahead of the faults, so that there is always work to hit. */
const UPLOADS_AHEAD = 12;
/** A fault that finds nothing to hit gets one more upload in this time. */
const ASK_EVERY_MS = 200;
const LOOK_EVERY_MS = 50;

/**
 * Lets the uploads of a storm go as its faults go on, so that the load lasts as long as they do; and sooner when a fault
 * finds no work to hit, as long as one upload is left for every fault to come.
 */
export class LoadPace {
  readonly #runs: number;
  readonly #faults: number;
  #startedFaults = 0;
  #asked = 0;
  #askedAt = 0;
  #accepted = 0;
  #faultsAreOver = false;

  constructor(runs: number, faults: number) {
    this.#runs = runs;
    this.#faults = faults;
  }

  /** All uploads are accepted: no more work comes. */
  get isSpent(): boolean {
    return this.#accepted >= this.#runs;
  }

  accepted(): void {
    this.#accepted++;
  }

  /** So many faults have started. */
  startedFaults(count: number): void {
    this.#startedFaults = count;
  }

  /** No fault is to come: what is left of the load goes at once. */
  faultsAreOver(): void {
    this.#faultsAreOver = true;
  }

  /** A fault looks for work to hit and finds none. */
  ask(now: number): void {
    if (now - this.#askedAt < ASK_EVERY_MS) return;
    this.#askedAt = now;
    this.#asked++;
  }

  /** Whether the upload of this number, counted from 0, may go. */
  mayGo(n: number): boolean {
    if (this.#faultsAreOver) return true;
    const due = (this.#runs * this.#startedFaults) / this.#faults + UPLOADS_AHEAD;
    const kept = this.#runs - (this.#faults - this.#startedFaults);
    return n <= Math.max(due, Math.min(due + this.#asked, kept));
  }

  async untilMayGo(n: number): Promise<void> {
    while (!this.mayGo(n)) await sleep(LOOK_EVERY_MS);
  }
}
