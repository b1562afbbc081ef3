import { chosen } from '@confscope/random';

/** What faults hit, so that no two of them hit the same thing at once. */
export class Resources {
  readonly #taken = new Set<string>();
  readonly #waiting = new Set<() => void>();

  isFree(names: readonly string[]): boolean {
    return !names.some((name) => this.#taken.has(name));
  }

  /** Runs `work` with these to itself, at once when they are free. */
  async use<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    while (!this.isFree(names)) await this.#change();
    return this.#hold(names, work);
  }

  /** Runs `work` with one of the candidates to itself, chosen among the free ones. */
  async useOneOf<C extends { name: string }, T>(
    candidates: readonly C[],
    die: number,
    also: readonly string[],
    work: (one: C) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const free = candidates.filter(({ name }) => !this.#taken.has(name));
      if (free.length > 0 && this.isFree(also)) {
        const one = chosen(free, die);
        return this.#hold([one.name, ...also], () => work(one));
      }
      await this.#change();
    }
  }

  async #hold<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const name of names) this.#taken.add(name);
    try {
      return await work();
    } finally {
      for (const name of names) this.#taken.delete(name);
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}
