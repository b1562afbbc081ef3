import type { JobEnvelope, QueueName } from '@confscope/domain';
import type { Database } from './database.ts';
import { sqlFile } from './sql-file.ts';

const WAITING = sqlFile('waiting-runs');
const PAGE_ROWS = 1000;

/** A run that the dispatch index ought to know of. */
export interface WaitingRun {
  envelope: JobEnvelope;
  /** The dispatch index was never told. */
  undispatched: boolean;
  /** Time until the run is due; 0 for one that may run now. */
  waitMs: number;
}

/** Which of the runs that wait are asked for. */
export interface WaitingOptions {
  /** Least age of a run that was never dispatched. */
  undispatchedAgeMs: number;
  /** How long the worker of a run has not been heard of. */
  silenceMs: number;
  /** What was dispatched at this time of the database or later is left out; null leaves nothing out. */
  dispatchedBefore: string | null;
}

/** The run table as the outbox of the dispatch. */
export class DispatchOutbox {
  constructor(private readonly database: Database) {}

  /** All runs that wait, or that a silent worker holds, in pages. */
  async *waiting(options: WaitingOptions): AsyncGenerator<WaitingRun[]> {
    const { undispatchedAgeMs, silenceMs, dispatchedBefore } = options;
    let lastId = 0;
    for (;;) {
      const rows = await this.database.rows<{
        id: number;
        task_id: string;
        queue: QueueName;
        traceparent: string | null;
        undispatched: boolean;
        wait_ms: number;
      }>(WAITING, [undispatchedAgeMs, silenceMs, lastId, PAGE_ROWS, dispatchedBefore]);
      if (rows.length > 0)
        yield rows.map((row) => ({
          envelope: { runId: row.id, taskId: row.task_id, queue: row.queue, traceparent: row.traceparent },
          undispatched: row.undispatched,
          waitMs: row.wait_ms,
        }));
      if (rows.length < PAGE_ROWS) return;
      lastId = rows.at(-1)?.id ?? lastId;
    }
  }

  /**
   * Runs `work` in this process only if no other process of the same database is at it; returns undefined otherwise.
   * The lock belongs to a transaction, so it cannot outlive its holder.
   *
   * @param work is told when it was elected, by the clock of the database and to the microsecond, which a Date has not
   */
  async ifElected<T>(work: (electedAt: string) => Promise<T>): Promise<T | undefined> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.rows<{ elected: boolean; at: string }>(
        `select pg_try_advisory_xact_lock(hashtext('confscope.reconciler')) as elected, now()::text as at`,
      );
      return row?.elected ? work(row.at) : undefined;
    });
  }
}
