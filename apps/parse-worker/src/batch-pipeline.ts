import type { BatchStore, KnownBatch, PreparedBatch } from './batch-store.ts';
import type { Batch } from './batches.ts';

/**
 * The way of the batches of an archive into the store. While one is stored, the next one is parsed, and the one behind it
 * read and looked up. One more may wait to be stored: batches take PostgreSQL more time or less, and neither of the two
 * is to wait for the other. Never more than these four are in memory, and little that waits to be stored with more.
 */
export class BatchPipeline {
  readonly #store: Pick<BatchStore, 'lookUp' | 'prepare' | 'store' | 'rest'>;
  /** The last batch; it is parsed when the next one is read. */
  #looking: Promise<KnownBatch> | null = null;
  #preparing: Promise<PreparedBatch | null> = Promise.resolve(null);
  /** Those of the last two batches that had something to be stored. */
  #storing: Promise<void> = Promise.resolve();
  #storingLast: Promise<void> = Promise.resolve();
  #hasStored = false;

  constructor(store: Pick<BatchStore, 'lookUp' | 'prepare' | 'store' | 'rest'>) {
    this.#store = store;
  }

  /** Takes the next batch, once there is room for it. */
  async take(batch: Batch): Promise<void> {
    const last = this.#looking;
    this.#looking = kept(this.#store.lookUp(batch));
    const prepared = await this.#prepare(last);
    await this.#storing;
    if (prepared) this.#give(prepared);
  }

  /**
   * Ends it.
   *
   * @returns all that there is to be stored, when it is so little that one transaction can do with it whatever else is to be
   *   done; otherwise null, and the last of it is stored like the others
   */
  async end(): Promise<PreparedBatch | null> {
    const rest = (await this.#prepare(this.#looking)) ?? this.#store.rest();
    if (!rest || !this.#hasStored) return rest;
    this.#give(rest);
    return null;
  }

  /** Resolves when all is stored that was taken, but for what {@link end} returned. */
  get stored(): Promise<void> {
    return this.#storingLast;
  }

  /** Resolves when none of it goes on any more, whatever has failed: nothing is to go on beside the next run. */
  async quiet(): Promise<void> {
    await Promise.allSettled([this.#looking, this.#preparing, this.#storingLast]);
  }

  #give(prepared: PreparedBatch): void {
    this.#hasStored = true;
    this.#storing = this.#storingLast;
    this.#storingLast = kept(this.#storing.then(() => this.#store.store(prepared)));
  }

  #prepare(looking: Promise<KnownBatch> | null): Promise<PreparedBatch | null> {
    if (looking) this.#preparing = kept(looking.then((known) => this.#store.prepare(known)));
    return this.#preparing;
  }
}

/** A promise that is awaited later: until then its failure must not count as unhandled. */
function kept<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
