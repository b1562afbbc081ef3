/** Finds names of a list by maps: slower than `NameIndex` for the names of real files, and as fast for any. */
export class NameMaps {
  readonly #places = new Map<string, number>();
  readonly #lower = new Set<string>();

  /** Adds the name at the next place. */
  add(name: string): void {
    this.#places.set(name, this.#places.size);
    this.#lower.add(name.toLowerCase());
  }

  /** The place of the name, or -1. */
  find(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  /** Whether a name differs from one of the list, which it is not in itself, in case alone. */
  hasTwin(name: string): boolean {
    return this.#lower.has(name.toLowerCase());
  }
}
