/** The places for jobs that a worker runs at once. */
export class Slots {
  readonly #capacity: number;
  readonly #waiting = new Set<() => void>();
  #used = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get free(): number {
    return this.#capacity - this.#used;
  }

  /** Takes a place, or says that there is none. */
  tryTake(): boolean {
    if (this.#used >= this.#capacity) return false;
    this.#used++;
    return true;
  }

  /** Gives a place back. */
  release(): void {
    this.#used--;
    for (const wake of this.#waiting) wake();
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
