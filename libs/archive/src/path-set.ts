import { hash } from 'node:crypto';

/**
 * The paths that were met, numbered in the order they came. A million strings and a Set of them keep a hundred
 * megabytes on the heap, and several times that before the collector runs; bytes in two buffers and a table of numbers
 * lie outside of it.
 */
export class PathSet {
  #text: Buffer = Buffer.allocUnsafe(64 * 1024);
  /** Where each path ends in the text; it starts where the one before it ends. */
  #ends = new Float64Array(1024);
  /** Open addressing: a slot holds the number of a path plus one, or 0. At most half of the slots are taken. */
  #slots = new Uint32Array(2048);
  #hashes = new Uint32Array(1024);
  #size = 0;

  /** How many paths there are: the number that the next new one gets. */
  get size(): number {
    return this.#size;
  }

  /** The number of a path, which is added if it is new. */
  add(path: string): number {
    const number = this.#size;
    // No UTF-16 unit takes more than three bytes.
    this.#reserve(3 * path.length);
    const start = this.#ends[number - 1] ?? 0;
    const end = start + this.#text.write(path, start);
    const key = unsteeredHash(path);
    const slot = this.#find(start, end, key);
    const taken = this.#slots[slot] ?? 0;
    if (taken !== 0) return taken - 1;
    this.#ends[number] = end;
    this.#hashes[number] = key;
    this.#slots[slot] = number + 1;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  /** The number of a path; null when there is none. */
  find(path: string): number | null {
    this.#reserve(3 * path.length);
    const start = this.#ends[this.#size - 1] ?? 0;
    const end = start + this.#text.write(path, start);
    const taken = this.#slots[this.#find(start, end, unsteeredHash(path))] ?? 0;
    return taken === 0 ? null : taken - 1;
  }

  /** The path of this number. */
  at(number: number): string {
    return this.#text.toString('utf8', this.#ends[number - 1] ?? 0, this.#ends[number] ?? 0);
  }

  /** The slot of the path that stands in these bytes of the text, or the free one where it belongs. */
  #find(from: number, to: number, key: number): number {
    const mask = this.#slots.length - 1;
    let slot = key & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1;
      const start = this.#ends[number - 1] ?? 0;
      const end = this.#ends[number] ?? 0;
      if (this.#hashes[number] === key && this.#text.compare(this.#text, start, end, from, to) === 0) break;
    }
    return slot;
  }

  #reserve(bytes: number): void {
    const used = this.#ends[this.#size - 1] ?? 0;
    if (used + bytes > this.#text.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#text.length, used + bytes));
      this.#text.copy(larger, 0, 0, used);
      this.#text = larger;
    }
    if (this.#size < this.#ends.length) return;
    const ends = new Float64Array(2 * this.#ends.length);
    ends.set(this.#ends);
    this.#ends = ends;
    const hashes = new Uint32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

/** A hash that cannot be steered: an archive of a million names that all share a slot would take hours. */
function unsteeredHash(path: string): number {
  // As text it costs a quarter of what it costs as a buffer.
  const digest = hash('sha1', path, 'binary');
  const upper = (digest.charCodeAt(2) << 16) | (digest.charCodeAt(3) << 24);
  return (digest.charCodeAt(0) | (digest.charCodeAt(1) << 8) | upper) >>> 0;
}
