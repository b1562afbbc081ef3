/** A repeatable source of chance (mulberry32): equal seeds give equal sequences on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(list: readonly T[]): T {
    return chosen(list, this.next());
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list];
    return list.map(() => left.splice(Math.floor(this.next() * left.length), 1)[0] as T);
  }
}

/** The element that a number in [0, 1) chooses. */
export function chosen<T>(list: readonly T[], number: number): T {
  const one = list[Math.floor(number * list.length)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}
