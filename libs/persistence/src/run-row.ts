import type { RunEntity } from './entities/run.entity.ts';

/** A row of `runs` as SQL returns it. */
export interface RunRow {
  id: number;
  project_id: number;
  type: RunEntity['type'];
  label: string | null;
  notes: string | null;
  status: RunEntity['status'];
  queue: RunEntity['queue'];
  archive_key: string | null;
  archive_name: string | null;
  archive_sha256: string | null;
  archive_bytes: number | null;
  idempotency_key: string | null;
  task_id: string | null;
  attempt: number;
  retry_count: number;
  next_attempt_at: Date | null;
  dispatched_at: Date | null;
  worker: string | null;
  delivery: string | null;
  error_type: RunEntity['errorType'];
  error_message: string | null;
  error_traceback: string | null;
  created_at: Date;
  started_at: Date | null;
  last_heartbeat: Date | null;
  completed_at: Date | null;
  progress: RunEntity['progress'];
  metrics: RunEntity['metrics'];
  layout_id: number | null;
  traceparent: string | null;
}
