import { setImmediate } from 'node:timers/promises';

/**
 * How long a turn is. A batch is stored in many small steps: if each of them waited for all of a long work, PostgreSQL would
 * have nothing to do meanwhile.
 */
const TURN_MS = 1;

/** Long work in turns, so that what waits for its next step gets to it in between. */
export class Turns {
  #endsAt = performance.now() + TURN_MS;

  get isOver(): boolean {
    return performance.now() >= this.#endsAt;
  }

  /** Lets the others go on; then begins a turn. */
  async next(): Promise<void> {
    await setImmediate();
    this.#endsAt = performance.now() + TURN_MS;
  }
}
