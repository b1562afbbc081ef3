import { chosen } from '../random.ts';

/** What faults hit, so that no two of them hit the same thing at once. */
export class Resources {
  readonly #taken = new Set<string>();
  readonly #waiting = new Set<() => void>();

  /** Runs `work` with these to itself. */
  async use<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    while (names.some((name) => this.#taken.has(name))) await this.#change();
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
      if (free.length > 0 && !also.some((name) => this.#taken.has(name))) {
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
