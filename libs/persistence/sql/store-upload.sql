-- pending → stored: the archive is safe. From here on the run is accepted and will be parsed. Bytes that are in
-- quarantine make it pending → failed instead: the archive is kept, and the run can be parsed once that is lifted. Whoever
-- gives no reason to fail does not know of a quarantine, so that nothing is stored then.
-- $1 run · $2 type · $3 label · $4 notes · $5 queue · $6 archive key · $7 sha256 hex · $8 bytes · $9 task id
-- $10 why it fails at once, or null
-- Reply: the run · no row: it is not pending any more, or its bytes are in quarantine and $10 is null
update runs
   set status = case when $10::text is null then 'stored' else 'failed' end, type = $2, label = $3, notes = $4,
       queue = $5, archive_key = $6, archive_sha256 = $7, archive_bytes = $8, task_id = $9, worker = null,
       last_heartbeat = null, error_type = case when $10::text is not null then 'permanent' end, error_message = $10,
       completed_at = case when $10::text is not null then now() end
 where id = $1 and status = 'pending'
   and ($10::text is not null
     or not exists (select from crashed_archives where sha256 = $7 and quarantined_at is not null))
returning id, project_id, type, label, notes, status, queue, archive_key, archive_name, archive_sha256,
          archive_bytes, idempotency_key, task_id, attempt, retry_count, next_attempt_at, dispatched_at, worker,
          delivery, error_type, error_message, error_traceback, created_at, started_at, last_heartbeat,
          completed_at, progress, metrics, layout_id, traceparent
