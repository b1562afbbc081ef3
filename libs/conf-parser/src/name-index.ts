import { NameMaps } from './name-maps.ts';
import { areTwins } from './name-twins.ts';

/** How many hashes are told apart at a glance: many more than most lists have names. A power of 2. */
const SLOTS = 8192;
/** A list of so many names goes on with maps, and so does one with so many of one hash, which were made for that. */
const MAX_NAMES = 1024;
const MAX_ALIKE = 32;
/** Lists are numbered anew before the numbers are too large for the slots. */
const MAX_LISTS = 0xffff;

/**
 * Finds the different names of a list by their hashes; the names themselves stay with the list. One index serves one
 * list after the other: lists are numbered, so that nothing has to be cleared for the next one.
 */
export class NameIndex {
  /** Whether a name of the list differs from the one last looked for, which is missing, in case alone. */
  hasTwin = false;
  #list = 0;
  /** For each slot the number of the list that last had a hash of it. */
  readonly #slots = new Uint16Array(SLOTS);
  /** Of the names of this list, as far as they are not in maps. */
  readonly #hashes = new Int32Array(MAX_NAMES);
  #count = 0;
  #maps: NameMaps | null = null;

  /** Begins the next list. */
  begin(): void {
    this.#count = 0;
    this.#maps = null;
    if (this.#list++ < MAX_LISTS) return;
    this.#slots.fill(0);
    this.#list = 1;
  }

  /** Adds a name that stands at the next place, by its hash alone, unless there may be one like it. */
  addNew(hash: number): boolean {
    const slot = hash & (SLOTS - 1);
    if (this.#slots[slot] === this.#list || this.#count === MAX_NAMES) return false;
    this.#slots[slot] = this.#list;
    this.#hashes[this.#count++] = hash;
    return true;
  }

  /** Adds a name that stands at the next place, and was looked for in vain. */
  add(name: string, hash: number): void {
    if (this.#maps === null) this.#hashes[this.#count++] = hash;
    else this.#maps.add(name);
  }

  /** The place of the name, or -1. */
  find(name: string, hash: number, nameAt: (place: number) => string): number {
    if (this.#count === MAX_NAMES) return this.#findInMaps(name, nameAt);
    this.hasTwin = false;
    let alike = 0;
    for (let place = 0; place < this.#count; place++) {
      if (this.#hashes[place] !== hash) continue;
      const other = nameAt(place);
      if (other === name) return place;
      this.hasTwin ||= areTwins(other, name);
      if (++alike === MAX_ALIKE) return this.#findInMaps(name, nameAt);
    }
    return -1;
  }

  #findInMaps(name: string, nameAt: (place: number) => string): number {
    if (this.#maps === null) {
      this.#maps = new NameMaps();
      for (let place = 0; place < this.#count; place++) this.#maps.add(nameAt(place));
      this.#count = MAX_NAMES;
    }
    const place = this.#maps.find(name);
    this.hasTwin = place === -1 && this.#maps.hasTwin(name);
    return place;
  }
}
