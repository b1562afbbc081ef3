/** What an upload holds, as its sender declares it. */
export const UPLOAD_TYPES = ['ds_etc', 'instance_etc', 'app_bundle', 'single_conf'] as const;
export type UploadType = (typeof UPLOAD_TYPES)[number];

/** The queues of the dispatch index, most urgent first. */
export const QUEUES = ['high', 'default', 'low'] as const;
export type QueueName = (typeof QUEUES)[number];

/**
 * Where a run is in its life.
 *
 * - `pending`: its upload is in progress.
 * - `stored`: the archive is safe and waits for a worker, or for `next_attempt_at` after a transient error.
 * - `parsing`: one worker holds it, fenced by `attempt`.
 * - `complete`, `failed`, `cancelled`: nothing happens to it any more unless somebody asks.
 */
export const RUN_STATUSES = ['pending', 'stored', 'parsing', 'complete', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/**
 * The transitions that exist. Every SQL statement that changes a status names the status it leaves, and only the pairs
 * below. `parsing` → `parsing` is a new attempt after the last worker fell silent; `parsing` → `stored` is a hand-back
 * or a retry that waits.
 */
export const NEXT = {
  pending: ['stored', 'failed'],
  stored: ['parsing', 'cancelled', 'failed'],
  parsing: ['parsing', 'stored', 'complete', 'failed', 'cancelled'],
  complete: [],
  failed: ['stored'],
  cancelled: ['stored'],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

/** True when `from` → `to` is a transition of {@link NEXT}. */
export function canBecome(from: RunStatus, to: RunStatus): boolean {
  return (NEXT[from] as readonly RunStatus[]).includes(to);
}

/** True when nothing happens to a run of this status unless somebody asks. */
export function isFinished(status: RunStatus): boolean {
  return status === 'complete' || status === 'failed' || status === 'cancelled';
}

/** What a person asking for one task sees: the vocabulary of task queues that clients already know. */
export const TASK_STATUSES = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** The task status of a run's current task. A stored run that was tried before waits for its retry. */
export function taskStatusOf(status: RunStatus, retryCount: number): TaskStatus {
  switch (status) {
    case 'pending':
      return 'PENDING';
    case 'stored':
      return retryCount > 0 ? 'RETRY' : 'PENDING';
    case 'parsing':
      return 'STARTED';
    case 'complete':
      return 'SUCCESS';
    case 'failed':
      return 'FAILURE';
    case 'cancelled':
      return 'REVOKED';
  }
}
