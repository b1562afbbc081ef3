import type { ErrorType } from './fault.ts';
import type { RunMetrics, RunProgress } from './run-metrics.ts';
import type { QueueName, RunStatus, UploadType } from './run.ts';

/** What a run is shown from. A row of the run table is one. */
export interface RunRecord {
  id: number;
  type: UploadType | null;
  label: string | null;
  notes: string | null;
  status: RunStatus;
  queue: QueueName;
  archive_name: string | null;
  archive_sha256: string | null;
  archive_bytes: number | null;
  task_id: string | null;
  retry_count: number;
  next_attempt_at: Date | null;
  error_type: ErrorType | null;
  error_message: string | null;
  error_traceback: string | null;
  created_at: Date;
  started_at: Date | null;
  last_heartbeat: Date | null;
  completed_at: Date | null;
  progress: RunProgress | null;
  metrics: Partial<RunMetrics> | null;
}

/** A run as both APIs answer it. Times are RFC 3339 in UTC. */
export interface RunView {
  id: number;
  type: UploadType | null;
  label: string | null;
  notes: string | null;
  status: RunStatus;
  queue: QueueName;
  task_id: string | null;
  retry_count: number;
  error_type: ErrorType | null;
  error_message: string | null;
  error_traceback: string | null;
  created_at: string;
  started_at: string | null;
  last_heartbeat: string | null;
  next_attempt_at: string | null;
  completed_at: string | null;
  archive: { name: string | null; bytes: number | null; sha256: string | null };
  progress: {
    percent: number;
    bytes_done: number;
    bytes_total: number;
    files: number;
    stanzas: number;
    /** Estimated from the pace of this attempt so far; null when there is none, or not enough to tell. */
    remaining_seconds: number | null;
  };
  metrics: Partial<RunMetrics> | null;
  links: Record<'self' | 'files' | 'stanzas' | 'apps' | 'diagnostics' | 'worker_status', string> & {
    task: string | null;
  };
}

/** Shows a run. */
export function viewRun(run: RunRecord): RunView {
  return {
    id: run.id,
    type: run.type,
    label: run.label,
    notes: run.notes,
    status: run.status,
    queue: run.queue,
    task_id: run.task_id,
    retry_count: run.retry_count,
    error_type: run.error_type,
    error_message: run.error_message,
    error_traceback: run.error_traceback,
    created_at: run.created_at.toISOString(),
    started_at: timeOf(run.started_at),
    last_heartbeat: timeOf(run.last_heartbeat),
    next_attempt_at: timeOf(run.next_attempt_at),
    completed_at: timeOf(run.completed_at),
    archive: { name: run.archive_name, bytes: run.archive_bytes, sha256: run.archive_sha256 },
    progress: progressOf(run),
    metrics: run.metrics,
    links: {
      self: `/v1/runs/${run.id}`,
      files: `/v1/runs/${run.id}/files`,
      stanzas: `/v1/runs/${run.id}/stanzas`,
      apps: `/v1/runs/${run.id}/apps`,
      diagnostics: `/v1/runs/${run.id}/diagnostics`,
      worker_status: `/v1/worker/runs/${run.id}/status`,
      task: run.task_id === null ? null : `/v1/worker/tasks/${run.task_id}`,
    },
  };
}

/** An attempt that has run for less says nothing about its pace. */
const LEAST_PACE_SECONDS = 1;

function progressOf(run: RunRecord): RunView['progress'] {
  const { status, progress, metrics, archive_bytes } = run;
  const total = archive_bytes ?? 0;
  if (status === 'complete')
    return {
      percent: 100,
      bytes_done: total,
      bytes_total: total,
      files: metrics?.files_parsed ?? 0,
      stanzas: metrics?.stanzas_created ?? 0,
      remaining_seconds: null,
    };
  const done = Math.min(progress?.bytes_done ?? 0, total);
  // 100 is said once the result is there, not when the last byte was read.
  const percent = total === 0 ? 0 : Math.min(99, Math.floor((done / total) * 100));
  return {
    percent,
    bytes_done: done,
    bytes_total: total,
    files: progress?.files ?? 0,
    stanzas: progress?.stanzas ?? 0,
    remaining_seconds: remainingSeconds(run, done, total),
  };
}

/** The heartbeat is written together with the progress, so the time between it and the start is what the bytes took. */
function remainingSeconds({ status, started_at, last_heartbeat }: RunRecord, done: number, total: number) {
  if (status !== 'parsing' || !started_at || !last_heartbeat || done === 0) return null;
  const seconds = (last_heartbeat.getTime() - started_at.getTime()) / 1000;
  if (seconds < LEAST_PACE_SECONDS) return null;
  return Math.round(((total - done) / done) * seconds * 10) / 10;
}

const timeOf = (time: Date | null): string | null => time?.toISOString() ?? null;
