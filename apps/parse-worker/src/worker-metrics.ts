import type { ErrorType } from '@confscope/domain';
import { metrics } from '@opentelemetry/api';

const meter = metrics.getMeter('parse-worker');

const runsFinished = meter.createCounter('runs_finished', {
  description: 'Runs that ended, by result and error type.',
});
const runDuration = meter.createHistogram('run_duration_seconds', {
  unit: 's',
  description: 'From claim to end of an attempt.',
});
const jobsReclaimed = meter.createCounter('jobs_reclaimed', { description: 'Jobs taken over from silent workers.' });
const fencedWrites = meter.createCounter('fenced_writes', { description: 'Late writes of old attempts, refused.' });
const reconciled = meter.createCounter('reconciled', { description: 'Runs dispatched again by the reconciler.' });
const retriesExhausted = meter.createCounter('run_retries_exhausted', {
  description: 'Runs that failed after their last retry.',
});

const phantoms = meter.createCounter('phantom_deliveries', {
  description: 'Messages that only Redis knew to be held by this worker; given up and taken over.',
});
const drift = meter.createGauge('dispatch_index_drift', {
  description: 'Runs that the dispatch index should have known of and did not, when it was last compared, by reason.',
});

/** What the worker counts of its work. Base units, and never a label that grows with the number of runs. */
export const workerMetrics = {
  finished(result: 'complete' | 'failed', errorType: ErrorType | null, seconds: number): void {
    runsFinished.add(1, { result, error_type: errorType ?? 'none' });
    runDuration.record(seconds, { result });
    if (errorType === 'transient_exhausted') retriesExhausted.add(1);
  },
  reclaimed: () => jobsReclaimed.add(1, { reason: 'silent' }),
  fenced: () => fencedWrites.add(1),
  phantoms: (count: number) => phantoms.add(count),
  drift: (reason: 'undispatched' | 'missing', runs: number) => drift.record(runs, { reason }),
  reconciled: (reason: 'undispatched' | 'missing', runs: number) => reconciled.add(runs, { reason }),
};
