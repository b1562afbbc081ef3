import { type EntrySource, type Repeats } from './archive-entry.ts';
import { type AdmittedPath } from './budget.ts';
import { type PathSet } from './path-set.ts';

const NONE: readonly string[] = [];

/**
 * Follows what the entries of a tar do to files, as unpacking them in their order would: another entry of a path takes its
 * place, and a hard link gives a second name to the file that is there at that moment. In a first reading that is noted, in
 * a second one it is known.
 */
export class RepeatedEntries {
  readonly #sources = new Map<string, EntrySource>();
  /** By the numbers of the paths, whether they were chosen: of the others nobody asks. */
  #chosen = new Uint8Array(1024);
  /** How many entries there were so far of the paths that have several. */
  readonly #counts = new Map<string, number>();
  /** The hard links so far, in a second reading. */
  readonly #linked = new Set<string>();
  /** The other names of entries, in a second reading. */
  readonly #names = new Map<string, string[]>();

  /** @param known what an earlier reading of the same archive has found; null in the first one */
  constructor(
    private readonly known: Repeats | null,
    private readonly paths: PathSet,
  ) {
    for (const [name, source] of known ?? []) {
      if (name === source.path) continue;
      const names = this.#names.get(keyOf(source));
      if (names) names.push(name);
      else this.#names.set(keyOf(source), [name]);
    }
  }

  /** What a second reading has to be told; null when there is no need of one. */
  get found(): Repeats | null {
    return this.#sources.size === 0 ? null : this.#sources;
  }

  /** Takes the next entry, and tells whether it is the one for its path: the first one, until more is known. */
  isFor(entry: AdmittedPath): boolean {
    const { path, number, isRepeated } = entry;
    if (this.known) {
      const nth = isRepeated ? this.#count(path) : 1;
      const source = this.known.get(path);
      // An entry that is passed by is there for hard links all the same.
      if (source) this.choose(entry);
      return source ? source.path === path && source.nth === nth : nth === 1;
    }
    if (!isRepeated) {
      if (this.#sources.size > 0) this.#sources.delete(path);
    } else if (this.#chosen[number] === 1) this.#sources.set(path, { path, nth: this.#count(path) });
    return !isRepeated;
  }

  #count(path: string): number {
    const nth = (this.#counts.get(path) ?? 1) + 1;
    this.#counts.set(path, nth);
    return nth;
  }

  choose({ number }: AdmittedPath): void {
    if (number >= this.#chosen.length) {
      const larger = new Uint8Array(2 * number);
      larger.set(this.#chosen);
      this.#chosen = larger;
    }
    this.#chosen[number] = 1;
  }

  /** The other names of an entry that {@link isFor} has just taken. */
  namesOf({ path }: AdmittedPath): readonly string[] {
    if (this.#names.size === 0) return NONE;
    return this.#names.get(keyOf({ path, nth: this.#counts.get(path) ?? 1 })) ?? NONE;
  }

  /** Takes a hard link; false when it is to no file that was chosen. */
  link(path: string, target: string): boolean {
    if (path === target) return true;
    if (this.known) {
      if (!this.#linked.has(target) && !this.#isChosen(target)) return false;
      this.#linked.add(path);
      return true;
    }
    const source = this.#sources.get(target) ?? (this.#isChosen(target) ? { path: target, nth: 1 } : null);
    if (!source) return false;
    if (source.path === path && source.nth === 1) this.#sources.delete(path);
    else this.#sources.set(path, source);
    return true;
  }

  #isChosen(path: string): boolean {
    const number = this.paths.find(path);
    return number !== null && this.#chosen[number] === 1;
  }
}

const keyOf = ({ path, nth }: EntrySource): string => `${nth} ${path}`;
