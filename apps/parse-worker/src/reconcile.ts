import { type DispatchedTask, dispatchedTasks, type JobProducer } from '@confscope/job-queue';
import type { DispatchOutbox, RunCommands, WaitingRun } from '@confscope/persistence';
import type { Logger } from '@confscope/service-kit';
import { workerMetrics } from './worker-metrics.ts';

/** An upload dispatches its run itself; only one that did not within this time needs help. */
const UNDISPATCHED_AGE_MS = 5_000;

/**
 * How much later than its run a message may be due: it is put off a moment after its run, and the index is read before the
 * runs are. More than that is a clock of Redis that was put back, and would keep the run waiting for as long.
 */
const LATE_MESSAGE_MS = 30_000;

/**
 * Compares the runs that wait in PostgreSQL with what the dispatch index holds, and dispatches what is missing: after a
 * crash between commit and dispatch, and after Redis has lost anything or everything. A message that comes too late for its
 * run is replaced. One worker does it at a time; a message too many is harmless.
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
      let known: Map<string, DispatchedTask> | undefined;
      // The index is read once, after this time: what is dispatched while the pages come in is not in it and not missing.
      const ages = { undispatchedAgeMs: UNDISPATCHED_AGE_MS, silenceMs: this.silenceMs, dispatchedBefore: electedAt };
      for await (const page of this.outbox.waiting(ages)) {
        const indexed = (known ??= await dispatchedTasks(this.producer.redis));
        const lacking = page.filter((run) => run.undispatched || !isInTime(run, indexed.get(run.envelope.taskId)));
        // A message that is sent anew has another trace context, so that it would not replace the late one.
        await this.producer.withdraw(
          lacking.flatMap(({ envelope }) => [...(indexed.get(envelope.taskId)?.delayed ?? [])]),
        );
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

const isInTime = ({ waitMs }: WaitingRun, task: DispatchedTask | undefined): boolean =>
  task !== undefined && task.waitMs <= waitMs + LATE_MESSAGE_MS;
