import type { RunStatus } from '@confscope/domain';
import type { RedisVitals, TaskPlace, WorkerInfo } from '@confscope/job-queue';
import type { RunFacts, RunRow } from '@confscope/persistence';

/** Why a run is where it is, in one word for machines. */
export const RUN_REASONS = [
  'uploading',
  'quarantined',
  'backing_off',
  'paused',
  'redis_unreachable',
  'redis_read_only',
  'redis_full',
  'no_worker',
  'workers_waiting',
  'undispatched',
  'not_in_index',
  'queued',
  'being_taken',
  'parsing',
  'worker_silent',
  'complete',
  'failed',
  'cancelled',
] as const;
export type RunReason = (typeof RUN_REASONS)[number];

/** All that is known about why a run is not running. */
export interface Evidence {
  run: RunRow;
  facts: RunFacts;
  /** The live workers; null when Redis does not answer. */
  workers: readonly WorkerInfo[] | null;
  /** How Redis itself fares; null when it does not tell. */
  redis: RedisVitals | null;
  /** Where its message is; null when Redis does not answer. */
  place: TaskPlace | null;
}

export interface RunExplanation {
  run_id: number;
  status: RunStatus;
  reason: RunReason;
  /** A sentence for the person who waits. */
  message: string;
  evidence: Record<string, unknown>;
}

/** A worker that is alive beats PostgreSQL at least every 30 s. */
const SILENT_AFTER_SECONDS = 45;

/** Says why a run is not running, or that it is, and what that is known from. */
export function explainRun(evidence: Evidence): RunExplanation {
  const { run, facts, workers, place } = evidence;
  const serving = workers?.filter((worker) => worker.queues.includes(run.queue)) ?? null;
  const reasons = reasonsOf(evidence, serving);
  const [[reason, message], ...others] = reasons;
  return {
    run_id: run.id,
    status: run.status,
    reason,
    message: [message, ...others.map(([, text]) => `Besides: ${text}`)].join(' '),
    evidence: {
      reasons: reasons.map(([one]) => one),
      queue: run.queue,
      queue_paused_at: facts.paused_at?.toISOString() ?? null,
      quarantined: facts.quarantined,
      next_attempt_at: run.next_attempt_at?.toISOString() ?? null,
      dispatched_at: run.dispatched_at?.toISOString() ?? null,
      retry_count: run.retry_count,
      error_type: run.error_type,
      error_message: run.error_message,
      ahead: facts.ahead,
      message: place,
      worker: run.worker,
      heartbeat_age_seconds: facts.heartbeat_age_seconds,
      workers_serving_queue: serving?.map(({ name, waiting_for }) => ({ name, waiting_for })) ?? null,
      workers_live: workers?.length ?? null,
    },
  };
}

type Reason = [RunReason, string];

const REDIS_UNREACHABLE: Reason = [
  'redis_unreachable',
  'Redis does not answer, so no worker hears of work. The run is safe in PostgreSQL.',
];

function reasonsOf(evidence: Evidence, serving: readonly WorkerInfo[] | null): [Reason, ...Reason[]] {
  const { run } = evidence;
  switch (run.status) {
    case 'pending':
      return [['uploading', 'Its upload is still in progress.']];
    case 'stored':
      return whyStored(evidence, serving);
    case 'parsing':
      return [whyParsing(evidence)];
    case 'complete':
      return [['complete', 'It is complete.']];
    case 'failed':
      return [['failed', run.error_message ?? 'It failed.']];
    case 'cancelled':
      return [['cancelled', `It was cancelled by request. POST /v1/runs/${run.id}/parse parses it again.`]];
  }
}

/** All that keeps a stored run from running, what has to go first before the others; where its message is when nothing does. */
function whyStored(evidence: Evidence, serving: readonly WorkerInfo[] | null): [Reason, ...Reason[]] {
  const { run, facts, place } = evidence;
  const reasons: Reason[] = [];
  if (facts.quarantined)
    reasons.push([
      'quarantined',
      `Its bytes are in quarantine; it fails as soon as a worker takes it. DELETE /v1/quarantine/${run.archive_sha256} lifts it.`,
    ]);
  if (facts.backing_off)
    reasons.push([
      'backing_off',
      `It waits until ${run.next_attempt_at?.toISOString()}. ${run.error_message ?? ''}`.trim(),
    ]);
  if (facts.paused_at)
    reasons.push([
      'paused',
      `The queue ${run.queue} is paused since ${facts.paused_at.toISOString()}. POST /v1/queues/${run.queue}/resume resumes it.`,
    ]);
  const workers = whyNobodyTakesIt(evidence, serving);
  if (workers) reasons.push(workers);
  const [first = whereItsMessageIs(run, facts, place), ...others] = reasons;
  return [first, ...others];
}

/** What is the matter with Redis, or with the workers of the queue; null when somebody could take the run. */
function whyNobodyTakesIt({ run, workers, redis }: Evidence, serving: readonly WorkerInfo[] | null): Reason | null {
  if (workers === null || serving === null) return REDIS_UNREACHABLE;
  if (redis?.isReplica)
    return [
      'redis_read_only',
      'Redis takes no writes: it is a replica, as after a failover. REDIS_URL has to lead to the primary. The run is safe in PostgreSQL.',
    ];
  if (redis && redis.maxMemoryBytes > 0 && redis.usedMemoryBytes >= redis.maxMemoryBytes)
    return [
      'redis_full',
      `Redis has used up its memory (maxmemory is ${redis.maxMemoryBytes} bytes), so nothing can be queued. Give it more. The run is safe in PostgreSQL.`,
    ];
  if (serving.length === 0)
    return [
      'no_worker',
      workers.length === 0
        ? 'No parse-worker is running. Start one.'
        : `No running worker serves the queue ${run.queue}; see WORKER_QUEUES.`,
    ];
  if (serving.some(({ waiting_for }) => waiting_for.length === 0)) return null;
  const away = [...new Set(serving.flatMap(({ waiting_for }) => waiting_for))].join(' and ');
  return ['workers_waiting', `The workers of the queue ${run.queue} take no job until they can reach ${away}.`];
}

function whereItsMessageIs(run: RunRow, facts: RunFacts, place: TaskPlace | null): Reason {
  if (place === null) return REDIS_UNREACHABLE;
  switch (place.kind) {
    case 'ready': {
      const ahead = Math.max(facts.ahead, place.position - 1);
      return ['queued', `It is number ${ahead + 1} in the queue ${run.queue}; more urgent queues go first.`];
    }
    case 'held':
      return [
        'being_taken',
        `Worker ${place.consumer} has its message and is about to start, or has just given it up.`,
      ];
    case 'delayed':
      return ['backing_off', `Its message comes back at ${place.due_at}.`];
    case 'absent':
      return run.dispatched_at === null
        ? [
            'undispatched',
            'The dispatch index was not told of it yet; the reconciler of a worker does that in seconds.',
          ]
        : ['not_in_index', 'Redis has lost its message; the reconciler of a worker sends a new one in seconds.'];
  }
}

function whyParsing({ run, facts, workers, place }: Evidence): Reason {
  const age = facts.heartbeat_age_seconds ?? 0;
  const listed = workers === null || workers.some(({ name }) => name === run.worker);
  const held = place?.kind === 'held' && place.consumer === run.worker;
  if (age < SILENT_AFTER_SECONDS && (listed || held)) return ['parsing', `Worker ${run.worker} is parsing it.`];
  return [
    'worker_silent',
    `Worker ${run.worker} was last heard of ${Math.round(age)} s ago; another one takes the run over.`,
  ];
}
