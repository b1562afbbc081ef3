-- parsing → complete, the last write of an attempt and the only one that shows anything to readers. It runs in the
-- transaction that also writes the manifest, and it runs first: when it changes nothing, that transaction rolls back.
-- Bytes that were parsed to their end did not kill the process on purpose: what was counted against them is forgotten.
-- $1 run · $2 attempt · $3 metrics without duration_seconds · $4 peak memory in bytes
-- Reply: (id, project_id) · no row: the attempt was fenced off
with completed as (
  update runs
     set status = 'complete', worker = null, delivery = null, completed_at = clock_timestamp(), next_attempt_at = null,
         error_type = null, error_message = null, error_traceback = null, progress = null,
         metrics = $3::jsonb || jsonb_build_object(
           'duration_seconds', round(extract(epoch from clock_timestamp() - started_at), 3),
           'retry_count', retry_count)
   where id = $1 and attempt = $2 and status = 'parsing'
  returning id, attempt, project_id, archive_sha256
), ended as (
  update attempts a
     set ended_at = clock_timestamp(), outcome = 'complete', peak_rss_bytes = $4
    from completed c where a.run_id = c.id and a.attempt = c.attempt
), cleared as (
  delete from crashed_archives k using completed c where k.sha256 = c.archive_sha256 and k.quarantined_at is null
)
select id, project_id from completed
