/** Something that was started: how to end it properly, and how to end it at once. */
export interface Started {
  name: string;
  stop(): Promise<void>;
  kill(): void;
}

/** Ends what was started in reverse order; what fails to end does not keep the others from ending. */
export class StopOrder {
  readonly #started: Started[] = [];
  #stopping: Promise<void> = Promise.resolve();

  /** To be called as soon as a part exists, before anything that can fail. */
  add(started: Started): void {
    this.#started.push(started);
  }

  /** Ends everything, last started first. Call it again for what was still starting when it was called before. */
  stopAll(report: (sentence: string) => void): Promise<void> {
    this.#stopping = this.#stopping.then(() => this.#stopInOrder(report));
    return this.#stopping;
  }

  /** Ends everything without waiting, also what is being stopped at the moment. */
  killAll(): void {
    for (const started of this.#started.toReversed()) started.kill();
  }

  async #stopInOrder(report: (sentence: string) => void): Promise<void> {
    for (let last = this.#started.at(-1); last; last = this.#started.at(-1)) {
      try {
        await last.stop();
      } catch (error) {
        report(`${last.name} did not end properly: ${error instanceof Error ? error.message : String(error)}`);
      }
      this.#started.splice(this.#started.indexOf(last), 1);
    }
  }
}
