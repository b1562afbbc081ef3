import type { QueueName } from '@confscope/domain';
import type { HeldJobs } from './held-jobs.ts';
import type { Entry, JobSource } from './job-source.ts';
import type { Slots } from './slots.ts';

/** Every so many turns even a worker without a free slot looks at all queues, so that low never waits for ever. */
const AGEING_TURNS = 10;
/** Share of the lease that one turn waits for a slot. */
const PATIENCE = 1 / 4;

/** What one turn took over, and whether the next one should follow at once. */
export interface Reclaimed {
  /** Each in a slot that is already taken. */
  entries: Entry[];
  more: boolean;
}

/**
 * Takes over the messages of workers that fell silent. Under load no slot is ever seen free, since whoever reads new
 * messages takes each one at once; so when there is something to take over, the next slot is asked for ahead of them.
 */
export class ReclaimSilent {
  readonly #source: JobSource;
  readonly #slots: Slots;
  readonly #held: HeldJobs;
  readonly #leaseMs: number;
  #turn = 0;

  constructor(source: JobSource, slots: Slots, held: HeldJobs, leaseMs: number) {
    this.#source = source;
    this.#slots = slots;
    this.#held = held;
    this.#leaseMs = leaseMs;
  }

  /** One look at these queues, most urgent first; ends early when the signal aborts. */
  async run(queues: readonly QueueName[], signal: AbortSignal): Promise<Reclaimed> {
    const everywhere = this.#slots.free > 0 || ++this.#turn % AGEING_TURNS === 0;
    const silent = await this.#source.silent(queues, this.#leaseMs, everywhere);
    const count = silent.reduce((sum, one) => sum + one.count, 0);
    if (count === 0) return { entries: [], more: false };
    let places = 0;
    while (places < count && this.#slots.tryTake()) places++;
    if (places === 0) {
      if (!(await this.#slots.takeNext(PATIENCE * this.#leaseMs, signal))) return { entries: [], more: true };
      places = 1;
    }
    return {
      entries: await this.#take(
        silent.map(({ queue }) => queue),
        places,
      ),
      more: count > places,
    };
  }

  /** Fills these places as far as there is something left to take over, and gives the others back. */
  async #take(queues: readonly QueueName[], places: number): Promise<Entry[]> {
    let entries: Entry[] = [];
    try {
      const taken = await this.#source.reclaim(queues, this.#leaseMs, places);
      entries = taken.filter((entry) => !this.#held.has(entry));
      return entries;
    } finally {
      for (let unused = places - entries.length; unused > 0; unused--) this.#slots.release();
    }
  }
}
