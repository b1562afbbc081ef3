import type { AttemptRow } from '@confscope/persistence';

/** One line of the ledger of a run. */
export type AttemptView = Omit<AttemptRow, 'run_id' | 'started_at' | 'ended_at'> & {
  started_at: string;
  ended_at: string | null;
};

/** Shows a line of the ledger. */
export function viewAttempt(attempt: AttemptRow): AttemptView {
  return {
    attempt: attempt.attempt,
    task_id: attempt.task_id,
    worker: attempt.worker,
    queue: attempt.queue,
    started_at: attempt.started_at.toISOString(),
    ended_at: attempt.ended_at?.toISOString() ?? null,
    outcome: attempt.outcome,
    error_type: attempt.error_type,
    error_message: attempt.error_message,
    peak_rss_bytes: attempt.peak_rss_bytes,
    trace_id: attempt.trace_id,
  };
}
