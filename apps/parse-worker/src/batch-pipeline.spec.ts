import { setImmediate } from 'node:timers/promises';
import { BatchPipeline } from './batch-pipeline.ts';
import type { KnownBatch, PreparedBatch } from './batch-store.ts';
import type { Batch } from './batches.ts';

/** A store that writes down what it is asked, and stores when it is told to. Batches are numbers to it. */
class Recorder {
  readonly events: string[] = [];
  /** Those that hold nothing to be stored. */
  readonly empty = new Set<number>();
  readonly #open = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();

  lookUp = (batch: Batch): Promise<KnownBatch> => this.#did('looked up', batch);
  async prepare(batch: KnownBatch): Promise<PreparedBatch | null> {
    const prepared = await this.#did<PreparedBatch>('prepared', batch);
    return this.empty.has(numberOf(batch)) ? null : prepared;
  }
  store(batch: PreparedBatch): Promise<void> {
    this.events.push(`storing ${numberOf(batch)}`);
    return new Promise((resolve, reject) => this.#open.set(numberOf(batch), { resolve, reject }));
  }
  rest(): PreparedBatch | null {
    this.events.push('rest');
    return null;
  }

  /** Ends the storing of a batch. */
  async stored(number: number, error?: Error): Promise<void> {
    const open = this.#open.get(number);
    if (!open) throw new Error(`Nobody stores ${number}.`);
    this.events.push(`stored ${number}`);
    if (error) open.reject(error);
    else open.resolve();
    await settled();
  }

  #did<T>(what: string, batch: unknown): Promise<T> {
    this.events.push(`${what} ${numberOf(batch)}`);
    return Promise.resolve(batch as T);
  }
}

const batch = (number: number) => ({ number }) as unknown as Batch;
const numberOf = (one: unknown): number => (one as { number: number }).number;
/** Lets everything go on that can. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await setImmediate();
}

describe('the way of batches into the store', () => {
  it('stores one after the other, and reads on until one is stored, one waits and two are ahead of them', async () => {
    const recorder = new Recorder();
    const pipeline = new BatchPipeline(recorder);
    let taken = 0;
    const reading = (async () => {
      for (let number = 1; number <= 5; number++) {
        await pipeline.take(batch(number));
        taken = number;
      }
    })();
    await settled();
    expect(taken).toBe(3);
    expect(recorder.events).toEqual([
      'looked up 1',
      'looked up 2',
      'prepared 1',
      'storing 1',
      'looked up 3',
      'prepared 2',
      'looked up 4',
      'prepared 3',
    ]);
    await recorder.stored(1);
    expect(taken).toBe(4);
    expect(recorder.events.slice(8)).toEqual(['stored 1', 'storing 2', 'looked up 5', 'prepared 4']);
    await recorder.stored(2);
    await recorder.stored(3);
    await reading;
    expect(await pipeline.end()).toBeNull();
    let done = false;
    void pipeline.stored.then(() => (done = true));
    await settled();
    expect(done).toBe(false);
    await recorder.stored(4);
    expect(done).toBe(false);
    await recorder.stored(5);
    expect(done).toBe(true);
  });

  it('leaves a single batch to the caller, who has more to store', async () => {
    const recorder = new Recorder();
    const pipeline = new BatchPipeline(recorder);
    await pipeline.take(batch(1));
    expect(numberOf(await pipeline.end())).toBe(1);
    await pipeline.stored;
    expect(recorder.events).toEqual(['looked up 1', 'prepared 1']);
  });

  it('asks for what waited with the last ones when there is nothing more', async () => {
    const recorder = new Recorder();
    recorder.empty.add(1).add(2);
    const pipeline = new BatchPipeline(recorder);
    await pipeline.take(batch(1));
    await pipeline.take(batch(2));
    expect(await pipeline.end()).toBeNull();
    expect(recorder.events.at(-1)).toBe('rest');
    expect(await new BatchPipeline(recorder).end()).toBeNull();
  });

  it('fails with what could not be stored, stores nothing behind it, and is quiet only when nothing goes on', async () => {
    const recorder = new Recorder();
    const pipeline = new BatchPipeline(recorder);
    for (let number = 1; number <= 3; number++) await pipeline.take(batch(number));
    const failing = pipeline.take(batch(4));
    await settled();
    await recorder.stored(1, new Error('the server went away'));
    await expect(failing).rejects.toThrow('the server went away');
    await expect(pipeline.stored).rejects.toThrow('the server went away');
    expect(recorder.events).not.toContain('storing 2');

    const other = new Recorder();
    const interrupted = new BatchPipeline(other);
    for (let number = 1; number <= 2; number++) await interrupted.take(batch(number));
    let quiet = false;
    void interrupted.quiet().then(() => (quiet = true));
    await settled();
    expect(quiet).toBe(false);
    await other.stored(1);
    expect(quiet).toBe(true);
  });
});
