import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueName } from '@confscope/domain';
import { withoutSpans } from '@confscope/service-kit/tracing';
import type { Delivery } from './delivery.ts';
import { Exchange } from './exchange.ts';
import type { HeldJobs } from './held-jobs.ts';
import { encodeJob } from './job-codec.ts';
import type { JobConsumerEvents } from './job-consumer-options.ts';
import type { Entry, JobSource } from './job-source.ts';
import { processSpan, settleSpan } from './process-span.ts';
import type { Settlement } from './settlement.ts';
import type { Slots } from './slots.ts';

const MAX_SETTLE_BACKOFF_MS = 2_000;

export type JobHandler = (delivery: Delivery) => Promise<Settlement>;

/** What a runner is built on. */
export interface JobRunnerParts {
  source: JobSource;
  held: HeldJobs;
  slots: Slots;
  events: JobConsumerEvents;
  /** The queues from which a slot whose job is done may be filled at once; none while there is nothing to take. */
  queues: () => readonly QueueName[];
  /** Aborts when no job may be started any more. */
  stopping: AbortSignal;
}

/** Works on entries, each in a slot, until their messages are settled; then the slot gets the next job, or is free. */
export class JobRunner {
  readonly #parts: JobRunnerParts;
  readonly #exchange: Exchange;
  readonly #running = new Set<Promise<void>>();
  #handler: JobHandler = () => Promise.reject(new Error('The consumer has no handler.'));

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
    this.#exchange = new Exchange(parts.source, parts.slots, parts.queues, (entry) => this.run(entry, false));
  }

  /** Sets what works on the jobs; before the first of them. */
  use(handler: JobHandler): void {
    this.#handler = handler;
  }

  /** Resolves when no job is running any more. */
  async ended(): Promise<void> {
    // A call that is under way may bring jobs still, to be handed back.
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Works on an entry in a slot that is already taken, and frees the slot or passes it on. */
  run(entry: Entry, reclaimed: boolean): void {
    const { slots, events } = this.#parts;
    const work = this.#work(entry, reclaimed)
      .catch((error: unknown) => {
        events.onError(error, 'job');
        return false;
      })
      .then((passedOn) => {
        if (!passedOn) slots.release();
        this.#running.delete(work);
      });
    this.#running.add(work);
  }

  /** Returns whether the slot was passed on to another job. */
  async #work(entry: Entry, reclaimed: boolean): Promise<boolean> {
    const { held, events, stopping } = this.#parts;
    const { queue, entryId, job } = entry;
    // A group that was destroyed and made anew delivers again what its workers hold: we simply hold it again.
    if (held.has(entry)) return false;
    if (!job) {
      events.onRubbish(entryId, queue);
      return this.#exchange.done(entry);
    }
    if (!stopping.aborted) return this.#runJob({ queue, entryId, job, reclaimed });
    // Read while we were told to stop: nobody has looked at it yet.
    await held.giveBack(entry, encodeJob(job), { kind: reclaimed ? 'release' : 'hand-back' });
    return false;
  }

  async #runJob(entry: Omit<Delivery, 'signal' | 'since'>): Promise<boolean> {
    const { held, events } = this.#parts;
    const delivery = held.add(entry);
    let passedOn = false;
    events.onHeldChanged?.();
    try {
      if (delivery.reclaimed) events.onReclaimed(delivery);
      await processSpan(delivery, async () => {
        const settlement = await this.#handler(delivery);
        await settleSpan(settlement, async () => {
          passedOn = await this.#settle(delivery, settlement);
        });
      });
      held.remove(delivery);
    } catch (error) {
      held.abandon(delivery);
      throw error;
    } finally {
      events.onHeldChanged?.();
    }
    return passedOn;
  }

  /**
   * Settles, and goes on trying while Redis is away: until then the message is ours and is kept so. Returns whether the
   * slot was passed on.
   */
  async #settle(delivery: Delivery, settlement: Settlement): Promise<boolean> {
    const { held, events, stopping } = this.#parts;
    for (let delayMs = 100; ; delayMs = Math.min(2 * delayMs, MAX_SETTLE_BACKOFF_MS)) {
      try {
        if (settlement.kind === 'done') return await withoutSpans(() => this.#exchange.done(delivery));
        await withoutSpans(() => held.giveBack(delivery, encodeJob(delivery.job), settlement));
        return false;
      } catch (error) {
        if (stopping.aborted) throw error;
        events.onError(error, 'settle');
        await sleep(delayMs, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  }
}
