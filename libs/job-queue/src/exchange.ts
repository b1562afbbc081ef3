import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueueName } from '@confscope/domain';
import type { MessagePlace } from './delivery.ts';
import type { Entry, JobSource } from './job-source.ts';
import type { Slots } from './slots.ts';

interface Done {
  place: MessagePlace;
  /** Told whether the slot went to another job. */
  resolve: (passedOn: boolean) => void;
  reject: (error: unknown) => void;
}

/**
 * Acknowledges what is done and takes the next jobs for its slots in the same call. One call is under way at a time, and
 * what is done meanwhile goes with the next one: the more there is to do, the less of a call each job costs. It replaces
 * jobs and takes no others, so that workers with free slots share what there is.
 */
export class Exchange {
  readonly #source: JobSource;
  readonly #slots: Slots;
  readonly #queues: () => readonly QueueName[];
  readonly #start: (entry: Entry) => void;
  /** A call is made for many jobs, so it belongs to the trace of none. */
  readonly #outsideOfJobs = AsyncLocalStorage.snapshot();
  #done: Done[] = [];
  #underWay = false;

  /**
   * @param queues the queues to take from now; none to take nothing
   * @param start begins to work on an entry, in a slot that is passed on to it
   */
  constructor(source: JobSource, slots: Slots, queues: () => readonly QueueName[], start: (entry: Entry) => void) {
    this.#source = source;
    this.#slots = slots;
    this.#queues = queues;
    this.#start = start;
  }

  /**
   * Acknowledges a message, unless another worker holds it by now, and passes the slot of its job on if there is a job to
   * take. Fails like any call to Redis, and can be tried again then.
   *
   * @returns whether the slot was passed on; it is free otherwise
   */
  done(place: MessagePlace): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#done.push({ place, resolve, reject });
      if (!this.#underWay) this.#outsideOfJobs(() => this.#callSoon());
    });
  }

  /** After all that comes to its end in this very moment, so that it goes together. */
  #callSoon(): void {
    this.#underWay = true;
    process.nextTick(() => void this.#call());
  }

  async #call(): Promise<void> {
    const done = this.#done;
    this.#done = [];
    try {
      const queues = this.#queues();
      // Whoever waits for the next free slot shall get one.
      const most = queues.length === 0 ? 0 : Math.max(0, done.length - this.#slots.owed);
      const entries = await this.#source.exchange(
        done.map(({ place }) => place),
        queues,
        most,
      );
      for (const entry of entries) this.#start(entry);
      done.forEach(({ resolve }, i) => resolve(i < entries.length));
    } catch (error) {
      for (const { reject } of done) reject(error);
    }
    if (this.#done.length > 0) this.#callSoon();
    else this.#underWay = false;
  }
}
