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

/** What the worker counts of its work. Base units, and never a label that grows with the number of runs. */
export const workerMetrics = {
  finished(result: 'complete' | 'failed', errorType: ErrorType | null, seconds: number): void {
    runsFinished.add(1, { result, error_type: errorType ?? 'none' });
    runDuration.record(seconds, { result });
    if (errorType === 'transient_exhausted') retriesExhausted.add(1);
  },
  reclaimed: () => jobsReclaimed.add(1, { reason: 'silent' }),
  fenced: () => fencedWrites.add(1),
  reconciled: (reason: 'undispatched' | 'missing') => reconciled.add(1, { reason }),
};
