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
    return this.outbox.ifElected(async () => {
      let dispatched = 0;
      let known: Set<string> | undefined;
      const options = { undispatchedAgeMs: UNDISPATCHED_AGE_MS, silenceMs: this.silenceMs };
      for await (const page of this.outbox.waiting(options)) {
        known ??= await dispatchedTasks(this.producer.redis);
        for (const { envelope, undispatched, waitMs } of page) {
          if (!undispatched && known.has(envelope.taskId)) continue;
          if (waitMs > 0) await this.producer.enqueueLater(envelope, waitMs);
          else await this.producer.enqueue(envelope);
          await this.commands.markDispatched(envelope.runId, envelope.taskId);
          workerMetrics.reconciled(undispatched ? 'undispatched' : 'missing');
          dispatched++;
        }
      }
      if (dispatched > 0) this.logger.warn({ runs: dispatched }, 'runs dispatched again');
      return dispatched;
    });
  }
}
