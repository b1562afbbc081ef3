/**
 * Work that takes about as long for many things as for one, such as a commit or a flush to the disk. It is done once at a
 * time, and what comes meanwhile goes with the next time.
 */
export class GroupCommit<T> {
  readonly #work: (items: readonly T[]) => Promise<void>;
  #next: { items: T[]; done: Promise<void> } | undefined;
  /** Never rejects. */
  #underWay: Promise<void> = Promise.resolve();

  constructor(work: (items: readonly T[]) => Promise<void>) {
    this.#work = work;
  }

  /** Returns when work that began after this call, and was given the item, has ended. Throws what it failed with. */
  add(item: T): Promise<void> {
    if (this.#next) {
      this.#next.items.push(item);
      return this.#next.done;
    }
    const items = [item];
    const done = this.#underWay.then(() => {
      this.#next = undefined;
      return this.#work(items);
    });
    this.#next = { items, done };
    this.#underWay = done.catch(() => undefined);
    return done;
  }
}
