import { type HardLink, type Repeats } from './archive-entry.ts';
import { type AdmittedPath } from './budget.ts';
import { type PathSet } from './path-set.ts';

const NONE: readonly string[] = [];

/** Watches the entries of a tar for paths that come again and for hard links, or follows what an earlier reading found. */
export class RepeatedEntries {
  readonly #entries = new Map<string, number>();
  readonly #links = new Map<string, HardLink>();
  /** By the numbers of the paths, whether they were chosen: of the others nobody asks. */
  #chosen = new Uint8Array(1024);
  /** Which entry of its path this one is, where there are several, in a second reading. */
  readonly #nth = new Map<string, number>();
  /** The hard links by what they stand for, in a second reading. */
  readonly #known = new Map<string, HardLink[]>();

  /** @param known what an earlier reading of the same archive has found; null in the first one */
  constructor(
    private readonly known: Repeats | null,
    private readonly paths: PathSet,
  ) {
    for (const link of known?.links.values() ?? []) {
      const links = this.#known.get(link.target);
      if (links) links.push(link);
      else this.#known.set(link.target, [link]);
    }
  }

  /** What a second reading has to be told; null when there is no need of one. */
  get found(): Repeats | null {
    return this.#entries.size + this.#links.size === 0 ? null : { entries: this.#entries, links: this.#links };
  }

  /** Takes the next entry, and tells whether it is the one for its path: the first one, until it is known how many there are. */
  isFor({ path, number, isRepeated }: AdmittedPath): boolean {
    if (this.known) {
      const count = this.known.entries.get(path);
      if (count === undefined) return !isRepeated;
      const nth = (this.#nth.get(path) ?? 0) + 1;
      this.#nth.set(path, nth);
      return nth === count;
    }
    if (isRepeated) {
      if (this.#chosen[number] === 1) this.#entries.set(path, (this.#entries.get(path) ?? 1) + 1);
    } else if (this.#links.size > 0) this.#supersede(path);
    return !isRepeated;
  }

  /** What was a link has an entry of its own. */
  #supersede(path: string): void {
    const link = this.#links.get(path);
    if (link) this.#links.set(path, { ...link, nth: 0 });
  }

  choose({ number }: AdmittedPath): void {
    if (number >= this.#chosen.length) {
      const larger = new Uint8Array(2 * number);
      larger.set(this.#chosen);
      this.#chosen = larger;
    }
    this.#chosen[number] = 1;
  }

  /** The hard links to an entry that {@link isFor} has taken. */
  linksTo({ path }: AdmittedPath): readonly string[] {
    if (this.#known.size === 0) return NONE;
    const nth = this.#nth.get(path) ?? 1;
    return this.#known.get(path)?.flatMap((link) => (link.nth === nth ? link.path : [])) ?? NONE;
  }

  /** Takes a hard link; false when it is to no file that was chosen. */
  link(path: string, target: string): boolean {
    if (path === target) return true;
    if (this.known) return this.known.links.get(path)?.target === target;
    if (!this.#isChosen(target) || this.#isChosen(path)) return false;
    this.#links.set(path, { path, target, nth: this.#entries.get(target) ?? 1 });
    return true;
  }

  #isChosen(path: string): boolean {
    const number = this.paths.find(path);
    return number !== null && this.#chosen[number] === 1;
  }
}
