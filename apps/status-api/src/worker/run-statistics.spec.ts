import { viewRunStatistics } from './run-statistics.ts';

describe('the statistics of runs', () => {
  it('count every status, also those that no run has', () => {
    expect(viewRunStatistics([], [])).toEqual({
      status_counts: { pending: 0, stored: 0, parsing: 0, complete: 0, failed: 0, cancelled: 0 },
      retry_stats: { avg_retries: 0, max_retries: 0 },
      avg_duration_seconds: null,
      recent_failures: [],
    });
  });

  it('take retries of all runs and durations of complete ones', () => {
    const rows = [
      { status: 'complete', runs: 2, retries: 1, max_retries: 1, seconds: 1.23456 },
      { status: 'failed', runs: 1, retries: 3, max_retries: 3, seconds: null },
    ] as const;
    expect(viewRunStatistics(rows, [])).toMatchObject({
      status_counts: { complete: 2, failed: 1, stored: 0 },
      retry_stats: { avg_retries: 1.333, max_retries: 3 },
      avg_duration_seconds: 1.235,
    });
  });
});
