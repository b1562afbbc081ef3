-- parsing → complete, the last write of an attempt and the only one that shows anything to readers. It runs in the
-- transaction that also stores the manifest and the last files, and it runs last, so that heartbeats and a cancellation wait
-- for the row of the run as short as can be: when it changes nothing, all of that transaction rolls back.
-- Bytes that were parsed to their end did not kill the process on purpose: what was counted against them is forgotten.
-- $1 run · $2 attempt · $3 metrics without duration_seconds · $4 peak memory in bytes · $5 layout or null · $6 manifest
-- $7 numbers of the files that this run was the first to parse, as a multirange
-- Reply: (id) · no row: the attempt was fenced off
with completed as (
  update runs
     set status = 'complete', worker = null, delivery = null, completed_at = clock_timestamp(), next_attempt_at = null,
         error_type = null, error_message = null, error_traceback = null, progress = null, layout_id = $5::bigint,
         metrics = $3::jsonb || jsonb_build_object(
           'duration_seconds', round(extract(epoch from clock_timestamp() - started_at), 3),
           'retry_count', retry_count)
   where id = $1 and attempt = $2 and status = 'parsing'
  returning id, attempt, archive_sha256
), pointed as (
  insert into run_manifests (run_id, manifest_id, parsed) select id, $6::bigint, $7::int4multirange from completed
), ended as (
  update attempts a
     set ended_at = clock_timestamp(), outcome = 'complete', peak_rss_bytes = $4
    from completed c where a.run_id = c.id and a.attempt = c.attempt
), cleared as (
  delete from crashed_archives k using completed c where k.sha256 = c.archive_sha256 and k.quarantined_at is null
)
select id from completed
