/** What has to be ended and removed again, whatever happens in between: the last thing first, and each thing once. */
export class CleanUps {
  readonly #left: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;

  add(cleanUp: () => Promise<void>): void {
    this.#left.push(cleanUp);
  }

  /** Goes on after one that fails, and throws the first failure at the end. Whoever asks meanwhile waits for the same end. */
  run(): Promise<void> {
    return (this.#running ??= this.#all().finally(() => (this.#running = undefined)));
  }

  async #all(): Promise<void> {
    const failures: unknown[] = [];
    for (let one = this.#left.pop(); one; one = this.#left.pop())
      await one().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
