import { Loop } from '@confscope/service-kit/loop';
import { QUEUES, type QueueName } from '@confscope/domain';
import type { Redis } from 'ioredis';
import type { Delivery } from './delivery.ts';
import { encodeJob } from './job-codec.ts';
import { HeldJobs } from './held-jobs.ts';
import { type Entry, isGroupLost, JobSource, type Taken } from './job-source.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';
import { connectRedis } from './redis-connection.ts';
import { leaveScript, promoteScript } from './queue-scripts.ts';
import type { Settlement } from './settlement.ts';
import { Slots } from './slots.ts';
import { WakeUp } from './wake-up.ts';

/** Longest time one turn of the consume loop waits for work or for a free slot. */
const TURN_MS = 5_000;
const PROMOTE_BATCH = 100;
const PROMOTE_EVERY_MS = 1_000;

export interface JobConsumerOptions {
  url: string;
  /** Name in the consumer group; unique to this process. */
  consumer: string;
  queues: readonly QueueName[];
  /** Jobs run at once. */
  concurrency: number;
  /** A message whose holder is silent for this long may be taken over. */
  leaseMs: number;
  /** How often held messages are refreshed; well below the lease. */
  heartbeatMs: number;
  /** A waiting job of this age gets a turn before more urgent ones now and then. */
  starvedMs?: number;
}

export interface JobConsumerEvents {
  /** Something failed that the consumer itself recovers from. */
  onError: (error: unknown, where: string) => void;
  /** Streams or groups were missing and were made anew: whatever they held must be dispatched again. */
  onIndexLost: () => void;
  /** A message was taken over from a silent worker. */
  onReclaimed: (delivery: Delivery) => void;
  /** A message came into our hands, or left them. */
  onHeldChanged?: () => void;
  /** An entry that is no job of ours was dropped. */
  onRubbish: (entryId: string, queue: QueueName) => void;
}

/**
 * Takes jobs from the streams, one for each free slot, and keeps them ours until they are settled.
 *
 * A handler that throws leaves its message alone: it is not refreshed any more and somebody takes it over after the
 * lease, which is right whatever happened.
 */
export class JobConsumer {
  readonly #options: JobConsumerOptions;
  readonly #events: JobConsumerEvents;
  readonly #redis: Redis;
  readonly #source: JobSource;
  readonly #wakeUp: WakeUp;
  readonly #slots: Slots;
  readonly #running = new Set<Promise<void>>();
  readonly held: HeldJobs;
  #handler: (delivery: Delivery) => Promise<Settlement> = () =>
    Promise.reject(new Error('The consumer has no handler.'));
  #consume: Loop | undefined;
  #others: Loop[] = [];
  #beat: Loop | undefined;

  constructor(options: JobConsumerOptions, events: JobConsumerEvents) {
    this.#options = options;
    this.#events = events;
    this.#redis = connectRedis(options.url, options.consumer);
    const queues = QUEUES.filter((queue) => options.queues.includes(queue));
    this.#source = new JobSource(this.#redis, options.consumer, queues, options.starvedMs ?? 60_000);
    this.#wakeUp = new WakeUp(options.url, options.consumer);
    this.#slots = new Slots(options.concurrency);
    this.held = new HeldJobs(this.#redis, options.consumer);
  }

  /** When the consume loop last turned, in ms since the epoch. */
  get lastTurnAt(): number {
    return this.#consume?.lastTurnAt ?? 0;
  }

  /** The connection for short commands. */
  get redis(): Redis {
    return this.#redis;
  }

  /** Throws when Redis would evict keys under memory pressure: a queue that forgets jobs is none. */
  async checkPolicy(): Promise<void> {
    const policy = /^maxmemory_policy:(\S+)/m.exec(await this.#redis.info('memory'))?.[1];
    if (policy !== undefined && policy !== 'noeviction')
      throw new Error(`maxmemory-policy is ${policy}; set it to noeviction`);
  }

  /** Starts to take jobs. Does not wait for Redis: when it is away, the loops go on trying. */
  start(handler: (delivery: Delivery) => Promise<Settlement>): void {
    this.#handler = handler;
    const { onError } = this.#events;
    const { leaseMs, heartbeatMs } = this.#options;
    this.#consume = new Loop({ name: 'consume', everyMs: 0, onError }, (signal) => this.#consumeTurn(signal)).start();
    this.#beat = new Loop({ name: 'beat', everyMs: heartbeatMs, onError }, () => this.held.beat()).start();
    this.#others = [
      new Loop({ name: 'reclaim', everyMs: leaseMs / 8, jitter: 0.5, onError }, () => this.#reclaimTurn()),
      new Loop({ name: 'promote', everyMs: PROMOTE_EVERY_MS, jitter: 0.2, onError }, () => this.#promoteTurn()),
    ].map((loop) => loop.start());
  }

  /** Stops reading at once, asks the jobs in hand to stop, waits for them, and leaves. */
  async stop(): Promise<void> {
    const stopped = Promise.all([this.#consume?.stop(), ...this.#others.map((loop) => loop.stop())]);
    this.held.shutDown();
    await stopped;
    // A job that was taken while the loops came to their end.
    this.held.shutDown();
    await Promise.all(this.#running);
    await this.#beat?.stop();
    await leaveScript.run(this.#redis, this.#source.streams, [GROUP, this.#options.consumer]).catch(() => undefined);
    this.#wakeUp.close();
    this.#redis.disconnect();
  }

  async #consumeTurn(signal: AbortSignal): Promise<void> {
    await this.#slots.whenFree(TURN_MS, signal);
    if (signal.aborted || !this.#slots.tryTake()) return;
    let taken: Taken | undefined;
    try {
      taken = await this.#takeOrHeal();
    } finally {
      if (taken?.kind !== 'job') this.#slots.release();
    }
    if (taken?.kind === 'job') this.#run(taken.entry, false);
    else if (taken) await this.#wakeUp.wait(this.#source.streams, taken.lastIds, TURN_MS, signal);
  }

  async #takeOrHeal(): Promise<Taken | undefined> {
    try {
      return await this.#source.take();
    } catch (error) {
      if (!isGroupLost(error)) throw error;
      if (await this.#source.ensureGroups()) this.#events.onIndexLost();
      return undefined;
    }
  }

  async #reclaimTurn(): Promise<void> {
    let reserved = 0;
    while (this.#slots.tryTake()) reserved++;
    try {
      if (reserved === 0) return;
      for (const entry of await this.#source.reclaim(this.#options.leaseMs, reserved)) {
        if (this.held.has(entry.queue, entry.entryId)) continue;
        reserved--;
        this.#run(entry, true);
      }
    } catch (error) {
      if (!isGroupLost(error)) throw error;
    } finally {
      for (; reserved > 0; reserved--) this.#slots.release();
    }
  }

  async #promoteTurn(): Promise<number> {
    const keys = [DELAYED_KEY, ...QUEUES.map(streamKey)];
    const reply = await promoteScript.run(this.#redis, keys, [PROMOTE_BATCH, ...QUEUES]);
    const [moved, nextMs] = reply as [number, number];
    if (moved === PROMOTE_BATCH) return 0;
    return nextMs < 0 ? PROMOTE_EVERY_MS : Math.min(Math.max(nextMs, 10), PROMOTE_EVERY_MS);
  }

  /** Works on an entry in a slot that is already taken, and frees the slot. */
  #run(entry: Entry, reclaimed: boolean): void {
    const work = (entry.job ? this.#runJob({ ...entry, job: entry.job, reclaimed }) : this.#drop(entry))
      .catch((error: unknown) => this.#events.onError(error, 'job'))
      .finally(() => {
        this.#slots.release();
        this.#running.delete(work);
      });
    this.#running.add(work);
  }

  async #runJob(entry: Omit<Delivery, 'signal' | 'since'>): Promise<void> {
    const delivery = this.held.add(entry);
    this.#events.onHeldChanged?.();
    try {
      if (delivery.reclaimed) this.#events.onReclaimed(delivery);
      await this.held.settle(delivery, encodeJob(delivery.job), await this.#handler(delivery));
    } finally {
      this.held.remove(delivery);
      this.#events.onHeldChanged?.();
    }
  }

  async #drop({ queue, entryId }: Entry): Promise<void> {
    this.#events.onRubbish(entryId, queue);
    await this.held.settle({ queue, entryId }, '', { kind: 'done' });
  }
}
