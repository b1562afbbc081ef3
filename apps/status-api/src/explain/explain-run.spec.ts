import type { RedisVitals, WorkerInfo } from '@confscope/job-queue';
import type { RunFacts, RunRow } from '@confscope/persistence';
import { type Evidence, explainRun } from './explain-run.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const run = (fields: Partial<RunRow>): RunRow =>
  ({
    id: 7,
    status: 'stored',
    queue: 'default',
    worker: null,
    retry_count: 0,
    next_attempt_at: null,
    dispatched_at: NOW,
    error_type: null,
    error_message: null,
    archive_sha256: 'ab',
    ...fields,
  }) as RunRow;
const facts = (fields: Partial<RunFacts> = {}): RunFacts => ({
  paused_at: null,
  quarantined: false,
  backing_off: false,
  ahead: 0,
  heartbeat_age_seconds: null,
  ...fields,
});
const worker = (fields: Partial<WorkerInfo> = {}): WorkerInfo => ({
  name: 'w1',
  pid: 1,
  queues: ['default'],
  started_at: '',
  last_seen_at: '',
  concurrency: 1,
  active: [],
  done: 0,
  failed: 0,
  rss_bytes: 0,
  waiting_for: [],
  ...fields,
});
const redis = (fields: Partial<RedisVitals> = {}): RedisVitals => ({
  usedMemoryBytes: 10,
  maxMemoryBytes: 0,
  connectedClients: 1,
  isReplica: false,
  evictedKeys: 0,
  ...fields,
});
const evidence = (fields: Partial<Evidence> = {}): Evidence => ({
  run: run({}),
  facts: facts(),
  workers: [worker()],
  redis: redis(),
  place: { kind: 'ready', entry_id: '1-0', position: 3 },
  ...fields,
});

describe('a run that does not run', () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['uploading', { run: run({ status: 'pending' }) }, 'in progress'],
    ['quarantined', { facts: facts({ quarantined: true }) }, 'DELETE /v1/quarantine/ab'],
    [
      'backing_off',
      {
        run: run({ next_attempt_at: NOW, error_message: 'Transient error (retry 1): x' }),
        facts: facts({ backing_off: true }),
      },
      'until 2026-01-01T00:00:00.000Z. Transient error (retry 1): x',
    ],
    ['paused', { facts: facts({ paused_at: NOW }) }, 'POST /v1/queues/default/resume'],
    ['redis_unreachable', { workers: null, place: null }, 'safe in PostgreSQL'],
    ['redis_read_only', { redis: redis({ isReplica: true }) }, 'REDIS_URL has to lead to the primary'],
    ['redis_full', { workers: [], redis: redis({ maxMemoryBytes: 10 }) }, 'maxmemory is 10 bytes'],
    ['no_worker', { workers: [] }, 'Start one'],
    ['no_worker', { workers: [worker({ queues: ['high'] })] }, 'WORKER_QUEUES'],
    ['workers_waiting', { workers: [worker({ waiting_for: ['PostgreSQL'] })] }, 'can reach PostgreSQL'],
    ['queued', { facts: facts({ ahead: 2 }) }, 'number 3 in the queue default'],
    [
      'being_taken',
      { place: { kind: 'held', entry_id: '1-0', consumer: 'w1', idle_seconds: 0, deliveries: 1 } },
      'Worker w1',
    ],
    ['undispatched', { run: run({ dispatched_at: null }), place: { kind: 'absent' } }, 'not told of it yet'],
    ['not_in_index', { place: { kind: 'absent' } }, 'lost its message'],
    [
      'worker_silent',
      { run: run({ status: 'parsing', worker: 'gone' }), facts: facts({ heartbeat_age_seconds: 12.2 }) },
      'Worker gone was last heard of 12 s ago',
    ],
    ['failed', { run: run({ status: 'failed', error_message: 'Permanent error: no' }) }, 'Permanent error: no'],
    ['cancelled', { run: run({ status: 'cancelled' }) }, 'cancelled by request'],
  ])('says %s', (reason, fields, words) => {
    const explanation = explainRun(evidence(fields));
    expect(explanation).toMatchObject({ run_id: 7, reason });
    expect(explanation.message).toContain(words);
  });

  it('for several reasons says all of them, and first what has to go first', () => {
    const waiting = run({ next_attempt_at: NOW, error_message: 'Transient error (retry 1): x' });
    const {
      reason,
      message,
      evidence: known,
    } = explainRun(
      evidence({ run: waiting, facts: facts({ backing_off: true, paused_at: NOW, quarantined: true }), workers: [] }),
    );
    expect(reason).toBe('quarantined');
    expect(known['reasons']).toEqual(['quarantined', 'backing_off', 'paused', 'no_worker']);
    expect(message).toMatch(
      /^Its bytes are in quarantine.* Besides: It waits until .* Besides: The queue default is paused/,
    );
    expect(explainRun(evidence()).evidence['reasons']).toEqual(['queued']);
    const away = explainRun(evidence({ facts: facts({ paused_at: NOW }), workers: null, redis: null, place: null }));
    expect(away.evidence['reasons']).toEqual(['paused', 'redis_unreachable']);
  });

  it('is not claimed to be silent while its worker lives', () => {
    const parsing = { run: run({ status: 'parsing', worker: 'w1' }), facts: facts({ heartbeat_age_seconds: 20 }) };
    expect(explainRun(evidence(parsing))).toMatchObject({ reason: 'parsing', evidence: { worker: 'w1' } });
  });
});
