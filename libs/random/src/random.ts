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

  /** A whole number from 0 up to, and not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws Error when the list is empty */
  pick<T>(list: readonly T[]): T {
    return chosen(list, this.next());
  }

  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list];
    return list.map(() => left.splice(this.below(left.length), 1)[0] as T);
  }

  /** Log-normal with this mean: most values lie far below it, a few far above. */
  skewed(mean: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return mean * Math.exp(sigma * normal - (sigma * sigma) / 2);
  }
}

/**
 * The element that a number in [0, 1) chooses.
 *
 * @throws Error when the list is empty
 */
export function chosen<T>(list: readonly T[], number: number): T {
  const one = list[Math.floor(number * list.length)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}
