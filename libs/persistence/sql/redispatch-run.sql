-- failed | cancelled | stored → stored: a person asks for the run to be parsed (again), as a new task. A task that no worker
-- has ever taken goes on instead: nothing else is known of it, and whoever was given its id asks for it.
-- $1 run · $2 new task id · $3 traceparent or null
-- Reply: the run · no row: it is in another status, has no archive, or its bytes are in quarantine
update runs
   set status = 'stored', retry_count = 0, next_attempt_at = null,
       task_id = case when exists (select from attempts a where a.run_id = id and a.task_id = runs.task_id)
                      then $2::uuid else coalesce(task_id, $2) end,
       traceparent = coalesce($3, traceparent),
       dispatched_at = null, worker = null, delivery = null, error_type = null, error_message = null,
       error_traceback = null, completed_at = null, started_at = null, last_heartbeat = null, progress = null,
       metrics = null
 where id = $1 and status in ('stored', 'failed', 'cancelled') and archive_key is not null
   and not exists (select from crashed_archives q where q.sha256 = archive_sha256 and q.quarantined_at is not null)
returning *
