import { areTwins } from './name-twins.ts';

/** Names that hash alike are compared one by one; more of them than this were made to, and a map takes over. */
const MAX_CHAIN = 32;

/**
 * Finds one of many different names by its place, or tells that an earlier one is its twin. Real names are told apart by
 * a few of their letters, which is much cheaper than a map that hashes all of them.
 */
export class NameIndex {
  /** Whether an earlier name differs from the one last looked for, which is missing, in case alone. */
  hasTwin = false;
  readonly #names: string[] = [];
  readonly #hashes: number[] = [];
  /** For each bucket the place + 1 of the name last added, for each name that of the one before it in its bucket. */
  #buckets = new Int32Array(64);
  readonly #before: number[] = [];
  #maps: NameMaps | undefined;

  constructor(names: readonly string[]) {
    for (const name of names) this.add(name, hashName(name));
  }

  /** Adds a name that is not there yet. */
  add(name: string, hash: number): void {
    const place = this.#names.push(name) - 1;
    if (this.#maps) return this.#maps.add(name, place);
    this.#hashes.push(hash);
    this.#before.push(0);
    if (place < this.#buckets.length) return this.#chain(place);
    this.#buckets = new Int32Array(this.#buckets.length * 4);
    for (let earlier = 0; earlier <= place; earlier++) this.#chain(earlier);
  }

  /** The place of the name, or -1. */
  find(name: string, hash: number): number {
    if (this.#maps) return this.#findInMaps(name, this.#maps);
    const buckets = this.#buckets;
    let hasTwin = false;
    let steps = 0;
    for (let link = buckets[hash & (buckets.length - 1)] as number; link > 0; link = this.#before[link - 1] as number) {
      if (this.#hashes[link - 1] === hash) {
        const other = this.#names[link - 1] as string;
        if (other === name) return link - 1;
        hasTwin ||= areTwins(other, name);
      }
      if (++steps > MAX_CHAIN) return this.#findInMaps(name, (this.#maps = new NameMaps(this.#names)));
    }
    this.hasTwin = hasTwin;
    return -1;
  }

  #findInMaps(name: string, maps: NameMaps): number {
    const place = maps.places.get(name) ?? -1;
    this.hasTwin = place === -1 && maps.lower.has(name.toLowerCase());
    return place;
  }

  #chain(place: number): void {
    const bucket = (this.#hashes[place] as number) & (this.#buckets.length - 1);
    this.#before[place] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = place + 1;
  }
}

/** The same with maps: slower for the names of real files, and sure for any. */
class NameMaps {
  readonly places = new Map<string, number>();
  readonly lower = new Set<string>();

  constructor(names: readonly string[]) {
    for (const [place, name] of names.entries()) this.add(name, place);
  }

  add(name: string, place: number): void {
    this.places.set(name, place);
    this.lower.add(name.toLowerCase());
  }
}

/** A number from a few letters of a name; equal for twins. */
export function hashName(name: string): number {
  const { length } = name;
  if (length < 2) return length === 0 ? 0 : letter(name.charCodeAt(0));
  return hashOf(
    length,
    name.charCodeAt(length >> 2),
    name.charCodeAt(length >> 1),
    name.charCodeAt(length - 2),
    name.charCodeAt(length - 1),
  );
}

/** The same from the codes of a text, of which the name is the part in [from, to). */
export function hashCodes(codes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length < 2) return length === 0 ? 0 : letter(codes[from] as number);
  return hashOf(
    length,
    codes[from + (length >> 2)] as number,
    codes[from + (length >> 1)] as number,
    codes[to - 2] as number,
    codes[to - 1] as number,
  );
}

function hashOf(length: number, a: number, b: number, c: number, d: number): number {
  const start = (length * 37 + letter(b)) * 37 + letter(d);
  const hash = (start * 37 + letter(c)) * 37 + letter(a);
  return (hash ^ (hash >> 5) ^ (hash >> 11)) | 0;
}

/** In ASCII one bit tells a capital from its small letter; beyond, a letter tells nothing. */
function letter(code: number): number {
  return code < 0x80 ? code | 0x20 : 0;
}
