import { setTimeout as sleep } from 'node:timers/promises';
import { Loop } from '@confscope/service-kit/loop';
import { QUEUES, type QueueName } from '@confscope/domain';
import type { Redis } from 'ioredis';
import { HeldJobs } from './held-jobs.ts';
import type { JobConsumerEvents, JobConsumerOptions } from './job-consumer-options.ts';
import { type JobHandler, JobRunner } from './job-runner.ts';
import { isAnswer, isGroupLost, JobSource, type Taken } from './job-source.ts';
import { ReclaimSilent } from './reclaim-silent.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';
import { QueueGate } from './queue-gate.ts';
import { leaveScript, promoteScript } from './queue-scripts.ts';
import { connectRedis } from './redis-connection.ts';
import { Slots } from './slots.ts';
import { StreamUpkeep } from './stream-upkeep.ts';
import { WakeUp } from './wake-up.ts';

/** Longest time one turn of the consume loop waits for work or for a free slot. */
const TURN_MS = 5_000;
const PROMOTE_BATCH = 100;
const PROMOTE_EVERY_MS = 1_000;
/** A live consumer asks at least every turn; a name that was silent for this long, and for some leases, is nobody's. */
const FORGET_AFTER_MS = 4 * TURN_MS;
const FORGET_AFTER_LEASES = 3;
/**
 * After Redis was away, a worker that lives has beaten again within this time: it tries to connect every 2 s at least, and
 * to beat every second. Only then does the silence of a worker count again.
 */
const RETURN_MS = 4_000;
const MAX_BEAT_BACKOFF_MS = 1_000;

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
  readonly #upkeep: StreamUpkeep;
  readonly #reclaim: ReclaimSilent;
  readonly #gate: QueueGate;
  readonly #wakeUp: WakeUp;
  readonly #slots: Slots;
  readonly #stopping = new AbortController();
  readonly #runner: JobRunner;
  readonly held: HeldJobs;
  #taking: Loop[] = [];
  #beat: Loop | undefined;
  /** Redis was away or frozen: until then, by the clock that nobody sets, its idle times say nothing about the workers. */
  #reclaimFrom = 0;
  /** All queues were found empty, and we wait for more. */
  #asleep = false;

  constructor(options: JobConsumerOptions, events: JobConsumerEvents) {
    this.#options = options;
    this.#events = events;
    this.#redis = connectRedis(options.url, options.consumer);
    this.#source = new JobSource(this.#redis, options.consumer, options.starvedMs ?? 60_000);
    this.#gate = new QueueGate(options.queues);
    this.#wakeUp = new WakeUp(options.url, options.consumer);
    this.#slots = new Slots(options.concurrency);
    this.held = new HeldJobs(this.#redis, options.consumer, options.leaseMs);
    this.#reclaim = new ReclaimSilent(this.#source, this.#slots, this.held, options.leaseMs);
    this.#upkeep = new StreamUpkeep(this.#redis, options.consumer, this.held);
    this.#runner = new JobRunner({
      source: this.#source,
      held: this.held,
      slots: this.#slots,
      events,
      queues: () => (this.#asleep || this.#stopping.signal.aborted ? [] : this.#gate.open),
      stopping: this.#stopping.signal,
    });
  }

  /** How long ago the consume loop last turned, in ms; never, before it was started. */
  get sinceTurnMs(): number {
    return this.#taking[0]?.sinceTurnMs ?? Infinity;
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

  /** Takes jobs from these queues alone from now on; from none when the list is empty. Jobs in hand go on. */
  serve(queues: readonly QueueName[]): void {
    this.#gate.set(queues);
  }

  /** Starts to take jobs. Does not wait for Redis: when it is away, the loops go on trying. */
  start(handler: JobHandler): void {
    this.#runner.use(handler);
    const { leaseMs, heartbeatMs } = this.#options;
    const onError = (error: unknown, where: string) => {
      if (!isAnswer(error)) this.#reclaimFrom = performance.now() + Math.min(2 * heartbeatMs, RETURN_MS);
      this.#events.onError(error, where);
    };
    const forgetMs = Math.max(FORGET_AFTER_MS, FORGET_AFTER_LEASES * leaseMs);
    this.#taking = [
      new Loop({ name: 'consume', everyMs: 0, onError }, (signal) => this.#consumeTurn(signal)),
      new Loop({ name: 'recover', everyMs: leaseMs / 10, jitter: 0.5, onError }, (signal) => this.#recoverTurn(signal)),
      new Loop({ name: 'promote', everyMs: PROMOTE_EVERY_MS, jitter: 0.2, onError }, () => this.#promoteTurn()),
      new Loop({ name: 'tidy', everyMs: forgetMs, jitter: 0.5, onError }, async () => {
        await this.#upkeep.forgetConsumers(forgetMs);
      }),
    ].map((loop) => loop.start());
    this.#beat = new Loop({ name: 'beat', everyMs: heartbeatMs, maxBackoffMs: MAX_BEAT_BACKOFF_MS, onError }, () =>
      this.held.beat(),
    ).start();
  }

  /** Stops reading at once. Jobs in hand go on. */
  stopTaking(): void {
    this.#stopping.abort();
    for (const loop of this.#taking) void loop.stop();
  }

  /** Stops reading, lets the jobs in hand end if they do in time, asks the others to stop, and leaves when all have. */
  async stop(): Promise<void> {
    this.stopTaking();
    await Promise.race([this.#runner.ended(), sleep(this.#options.drainMs ?? 0, undefined, { ref: false })]);
    this.held.shutDown();
    await Promise.all(this.#taking.map((loop) => loop.stop()));
    await this.#runner.ended();
    await this.#beat?.stop();
    const streams = QUEUES.map(streamKey);
    await leaveScript.run(this.#redis, streams, [GROUP, this.#options.consumer]).catch(() => undefined);
    this.#wakeUp.close();
    this.#redis.disconnect();
  }

  async #consumeTurn(signal: AbortSignal): Promise<void> {
    await this.#slots.whenFree(TURN_MS, signal);
    const { open, changed } = this.#gate;
    const over = AbortSignal.any([signal, changed]);
    if (open.length === 0) return sleep(TURN_MS, undefined, { signal: over }).catch(() => undefined);
    if (signal.aborted || !this.#slots.tryTake()) return;
    let taken: Taken | undefined;
    try {
      taken = await this.#takeOrHeal(open);
    } finally {
      if (taken?.kind !== 'job') this.#slots.release();
    }
    if (taken?.kind === 'job') this.#runner.run(taken.entry, false);
    else if (taken) await this.#waitForMore(open, taken.lastIds, over);
  }

  /** Until there is something new, or for one turn. */
  async #waitForMore(open: readonly QueueName[], lastIds: string[], over: AbortSignal): Promise<void> {
    this.#asleep = true;
    try {
      await this.#wakeUp.wait(open.map(streamKey), lastIds, TURN_MS, over);
    } finally {
      this.#asleep = false;
    }
  }

  async #takeOrHeal(open: readonly QueueName[]): Promise<Taken | undefined> {
    try {
      return await this.#source.take(open);
    } catch (error) {
      // When nothing is missing after all, the error stands, and the loop waits before it tries again.
      if (!isGroupLost(error) || !(await this.#source.ensureGroups())) throw error;
      this.#events.onIndexLost();
      return undefined;
    }
  }

  async #recoverTurn(signal: AbortSignal): Promise<number | undefined> {
    const phantoms = await this.#upkeep.releasePhantoms();
    if (phantoms > 0) this.#events.onPhantoms?.(phantoms);
    if (performance.now() < this.#reclaimFrom) return undefined;
    const { open, changed } = this.#gate;
    try {
      const { entries, more } = await this.#reclaim.run(open, AbortSignal.any([signal, changed]));
      for (const entry of entries) this.#runner.run(entry, true);
      return more ? 0 : undefined;
    } catch (error) {
      if (!isGroupLost(error)) throw error;
      return undefined;
    }
  }

  async #promoteTurn(): Promise<number> {
    const keys = [DELAYED_KEY, ...QUEUES.map(streamKey)];
    const reply = await promoteScript.run(this.#redis, keys, [PROMOTE_BATCH, ...QUEUES]);
    const [moved, nextMs] = reply as [number, number];
    if (moved === PROMOTE_BATCH) return 0;
    return nextMs < 0 ? PROMOTE_EVERY_MS : Math.min(Math.max(nextMs, 10), PROMOTE_EVERY_MS);
  }
}
