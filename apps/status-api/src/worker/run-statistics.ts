import { RUN_STATUSES, type RunStatus } from '@confscope/domain';
import type { RecentFailure, RunStatistics } from '@confscope/persistence';

/** How runs fare. */
export interface RunStatisticsView {
  status_counts: Record<RunStatus, number>;
  retry_stats: { avg_retries: number; max_retries: number };
  /** Of complete runs; null when there are none. */
  avg_duration_seconds: number | null;
  recent_failures: (Omit<RecentFailure, 'completed_at'> & { completed_at: string | null })[];
}

/** Shows the statistics of all runs, statuses that no run has included. */
export function viewRunStatistics(
  rows: readonly RunStatistics[],
  failures: readonly RecentFailure[],
): RunStatisticsView {
  const counted = new Map(rows.map((row) => [row.status, row]));
  const countOf = (status: RunStatus) => [status, counted.get(status)?.runs ?? 0] as const;
  const total = rows.reduce((sum, row) => sum + row.runs, 0);
  const retries = rows.reduce((sum, row) => sum + row.retries, 0);
  return {
    status_counts: Object.fromEntries(RUN_STATUSES.map(countOf)) as Record<RunStatus, number>,
    retry_stats: {
      avg_retries: total === 0 ? 0 : toThousandths(retries / total),
      max_retries: Math.max(0, ...rows.map((row) => row.max_retries)),
    },
    avg_duration_seconds: toThousandths(counted.get('complete')?.seconds ?? null),
    recent_failures: failures.map((one) => ({ ...one, completed_at: one.completed_at?.toISOString() ?? null })),
  };
}

/** Rounds a number that people read; null stays null. */
export function toThousandths<N extends number | null>(value: N): N {
  return (value === null ? null : Math.round(value * 1000) / 1000) as N;
}
