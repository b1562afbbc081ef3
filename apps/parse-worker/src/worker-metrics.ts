import { ERROR_TYPES, type ErrorType, type RunMetrics } from '@confscope/domain';
import type { Delivery } from '@confscope/job-queue';
import { tracedCounter, tracedHistogram } from '@confscope/service-kit';
import { metrics } from '@opentelemetry/api';
import type { ProcessOutcome } from './child/parse-process.ts';

const meter = metrics.getMeter('parse-worker');
/** From a small file to an hour, in seconds. */
const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

const runsFinished = tracedCounter(meter, 'runs_finished', {
  description: 'Runs that ended, by result and error type.',
});
const runDuration = tracedHistogram(meter, 'run_duration_seconds', {
  unit: 's',
  description: 'From claim to end of an attempt.',
  boundaries: SECONDS,
});
const queueWait = tracedHistogram(meter, 'run_queue_wait_seconds', {
  unit: 's',
  description: 'From the dispatch of a job until a worker took it.',
  boundaries: SECONDS,
});
const attempts = tracedCounter(meter, 'attempts_finished', {
  description: 'Attempts at runs, by how the parsing process ended them.',
});
const confFiles = meter.createCounter('conf_files', {
  description: 'Configuration files of published runs, parsed now or known by their content.',
});
const stanzas = meter.createCounter('stanzas_stored', { description: 'Stanzas of published runs.' });
const jobsReclaimed = meter.createCounter('jobs_reclaimed', { description: 'Jobs taken over from silent workers.' });
const fencedWrites = meter.createCounter('fenced_writes', { description: 'Late writes of old attempts, refused.' });
const reconciled = meter.createCounter('reconciled', { description: 'Runs dispatched again by the reconciler.' });
const retriesExhausted = meter.createCounter('run_retries_exhausted', {
  description: 'Runs that failed after their last retry.',
});
const COLLECTED_KINDS = ['runs', 'archives', 'manifests', 'trees', 'files', 'layouts'] as const;
const collected = meter.createCounter('retention_collected', {
  description: 'What retention has deleted, by kind.',
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
  /** A message came for the first time; the clocks of Redis and of this machine may differ a little. */
  taken({ queue, entryId, reclaimed }: Delivery, now: number): void {
    const waited = (now - Number(entryId.split('-')[0])) / 1000;
    if (!reclaimed) queueWait.record(Math.max(0, waited), { queue });
  },
  attempted: (outcome: ProcessOutcome) => attempts.add(1, { outcome: outcome.kind, error_type: errorTypeOf(outcome) }),
  published({ files_parsed, files_reused, stanzas_created }: PublishedCounts): void {
    confFiles.add(files_parsed - files_reused, { result: 'parsed' });
    confFiles.add(files_reused, { result: 'reused' });
    stanzas.add(stanzas_created);
  },
  reclaimed: () => jobsReclaimed.add(1, { reason: 'silent' }),
  fenced: () => fencedWrites.add(1),
  phantoms: (count: number) => phantoms.add(count),
  drift: (reason: 'undispatched' | 'missing', runs: number) => drift.record(runs, { reason }),
  collected: (kind: CollectedKind, count: number) => collected.add(count, { kind }),
  reconciled: (reason: 'undispatched' | 'missing', runs: number) => reconciled.add(runs, { reason }),
};

/** What retention deletes. */
export type CollectedKind = (typeof COLLECTED_KINDS)[number];

/** What a parsing process tells of a run that it has published. */
export type PublishedCounts = Pick<RunMetrics, 'files_parsed' | 'files_reused' | 'stanzas_created'>;

function errorTypeOf(outcome: ProcessOutcome): string {
  if (outcome.kind === 'fault') return outcome.fault;
  if (outcome.kind === 'crashed') return outcome.outOfMemory ? 'out_of_memory' : 'crash';
  return 'none';
}

/** A counter that appears with its first event has no increase to alert on: each one is there from the start. */
function startAtZero(): void {
  runsFinished.add(0, { result: 'complete', error_type: 'none' });
  for (const error_type of ERROR_TYPES) runsFinished.add(0, { result: 'failed', error_type });
  for (const error_type of ['crash', 'out_of_memory']) attempts.add(0, { outcome: 'crashed', error_type });
  for (const error_type of ['permanent', 'transient']) attempts.add(0, { outcome: 'fault', error_type });
  for (const outcome of ['complete', 'fenced', 'stopped']) attempts.add(0, { outcome, error_type: 'none' });
  for (const result of ['parsed', 'reused']) confFiles.add(0, { result });
  for (const reason of ['undispatched', 'missing']) reconciled.add(0, { reason });
  for (const kind of COLLECTED_KINDS) collected.add(0, { kind });
  for (const counter of [stanzas, fencedWrites, retriesExhausted]) counter.add(0);
  jobsReclaimed.add(0, { reason: 'silent' });
}

startAtZero();
