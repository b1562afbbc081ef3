import { taskStatusOf, type TaskStatus } from '@confscope/domain';
import type { AttemptRow, RunRow } from '@confscope/persistence';

/** A task as task queues show one. */
export interface TaskView {
  task_id: string;
  status: TaskStatus;
  /** Nothing more will come of this task. */
  ready: boolean;
  successful: boolean;
  result: Record<string, string | number | null> | null;
}

const FINISHED: readonly TaskStatus[] = ['SUCCESS', 'FAILURE', 'REVOKED'];

/** Shows the current task of a run. */
export function taskOfRun(taskId: string, run: RunRow): TaskView {
  const status = taskStatusOf(run.status, run.retry_count);
  return view(taskId, status, resultOf(status, run));
}

/**
 * Shows a task that its run has replaced by a newer one. It ended as its last attempt did, and was revoked when that did
 * not finish it: a retry that waited when somebody asked for the run to be parsed again never comes.
 */
export function taskOfAttempt(taskId: string, attempt: AttemptRow): TaskView {
  const { run_id, outcome, error_type, error_message } = attempt;
  if (outcome === 'complete') return view(taskId, 'SUCCESS', { run_id, status: 'complete' });
  if (outcome === 'failed' || outcome === 'crashed')
    return view(taskId, 'FAILURE', { run_id, status: 'failed', error_type, error_message });
  return view(taskId, 'REVOKED', null);
}

function resultOf(status: TaskStatus, run: RunRow): TaskView['result'] {
  if (status === 'FAILURE')
    return { run_id: run.id, status: run.status, error_type: run.error_type, error_message: run.error_message };
  if (status !== 'SUCCESS') return null;
  return {
    run_id: run.id,
    status: run.status,
    files_parsed: run.metrics?.files_parsed ?? null,
    stanzas_created: run.metrics?.stanzas_created ?? null,
    duration_seconds: run.metrics?.duration_seconds ?? null,
  };
}

function view(taskId: string, status: TaskStatus, result: TaskView['result']): TaskView {
  return {
    task_id: taskId,
    status,
    ready: FINISHED.includes(status),
    successful: status === 'SUCCESS',
    result,
  };
}
