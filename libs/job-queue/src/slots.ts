/** The places for jobs that a worker runs at once. */
export class Slots {
  readonly #capacity: number;
  readonly #waiting = new Set<() => void>();
  /** Those who get the next place that is given back, in their order. */
  readonly #next = new Set<() => void>();
  #used = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get free(): number {
    return this.#capacity - this.#used;
  }

  /** How many wait for the next places that are given back. */
  get owed(): number {
    return this.#next.size;
  }

  /** Takes a place, or says that there is none. */
  tryTake(): boolean {
    if (this.#used >= this.#capacity) return false;
    this.#used++;
    return true;
  }

  /** Gives a place back, to whoever waits for the next one. */
  release(): void {
    const [grant] = this.#next;
    if (grant) return grant();
    this.#used--;
    for (const wake of this.#waiting) wake();
  }

  /** Takes a place, or the next one that is given back, ahead of those who try; false when there was none in time. */
  async takeNext(limitMs: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.tryTake()) return true;
    return new Promise((resolve) => {
      const end = (taken: boolean) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#next.delete(grant);
        resolve(taken);
      };
      const grant = () => end(true);
      const giveUp = () => end(false);
      const timer = setTimeout(giveUp, limitMs);
      signal.addEventListener('abort', giveUp);
      this.#next.add(grant);
    });
  }

  /** Waits until a place may be free, or for this long. */
  async whenFree(limitMs: number, signal: AbortSignal): Promise<void> {
    if (this.free > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, limitMs);
      signal.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }
}
