import { dispatchedTasks, type JobProducer } from '@confscope/job-queue';
import type { DispatchOutbox, RunCommands } from '@confscope/persistence';
import type { Logger } from '@confscope/service-kit';
import { workerMetrics } from './worker-metrics.ts';

/** An upload dispatches its run itself; only one that did not within this time needs help. */
const UNDISPATCHED_AGE_MS = 5_000;

/**
 * Compares the runs that wait in PostgreSQL with what the dispatch index holds, and dispatches what is missing: after a
 * crash between commit and dispatch, and after Redis has lost anything or everything. One worker does it at a time; a
 * message too many is harmless.
 */
export class Reconcile {
  constructor(
    private readonly outbox: DispatchOutbox,
    private readonly commands: RunCommands,
    private readonly producer: JobProducer,
    private readonly silenceMs: number,
    private readonly logger: Logger,
  ) {}

  /** @returns how many runs were dispatched again; undefined when another worker is at it */
  run(): Promise<number | undefined> {
    return this.outbox.ifElected(async (electedAt) => {
      const dispatched = { undispatched: 0, missing: 0 };
      let known: Set<string> | undefined;
      // The index is read once, after this time: what is dispatched while the pages come in is not in it and not missing.
      const ages = { undispatchedAgeMs: UNDISPATCHED_AGE_MS, silenceMs: this.silenceMs, dispatchedBefore: electedAt };
      for await (const page of this.outbox.waiting(ages)) {
        const indexed = (known ??= await dispatchedTasks(this.producer.redis));
        const lacking = page.filter(({ envelope, undispatched }) => undispatched || !indexed.has(envelope.taskId));
        await this.producer.enqueueAll(lacking.map(({ envelope, waitMs }) => ({ job: envelope, delayMs: waitMs })));
        await this.commands.markDispatched(lacking.map(({ envelope }) => envelope));
        for (const { undispatched } of lacking) dispatched[undispatched ? 'undispatched' : 'missing']++;
      }
      return this.#report(dispatched);
    });
  }

  #report(dispatched: Record<'undispatched' | 'missing', number>): number {
    for (const reason of ['undispatched', 'missing'] as const) {
      workerMetrics.drift(reason, dispatched[reason]);
      if (dispatched[reason] > 0) workerMetrics.reconciled(reason, dispatched[reason]);
    }
    const runs = dispatched.undispatched + dispatched.missing;
    if (runs > 0) this.logger.warn({ runs, ...dispatched }, 'runs dispatched again');
    return runs;
  }
}
