import type { JobEnvelope, QueueName } from '@confscope/domain';
import type { Database, Executor } from './database.ts';
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

/** The run table as the outbox of the dispatch. */
export class DispatchOutbox {
  constructor(private readonly database: Database) {}

  /** All runs that wait, or that a silent worker holds, in pages. */
  async *waiting(options: { undispatchedAgeMs: number; silenceMs: number }): AsyncGenerator<WaitingRun[]> {
    let lastId = 0;
    for (;;) {
      const rows = await this.database.rows<{
        id: number;
        task_id: string;
        queue: QueueName;
        traceparent: string | null;
        undispatched: boolean;
        wait_ms: number;
      }>(WAITING, [options.undispatchedAgeMs, options.silenceMs, lastId, PAGE_ROWS]);
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
   */
  async ifElected<T>(work: (executor: Executor) => Promise<T>): Promise<T | undefined> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.rows<{ elected: boolean }>(
        `select pg_try_advisory_xact_lock(hashtext('confscope.reconciler')) as elected`,
      );
      return row?.elected ? work(tx) : undefined;
    });
  }
}
