-- parsing → complete, the last write of an attempt and the only one that shows anything to readers. When content is stored
-- with it, it runs in the same transaction, and runs last, so that heartbeats and a cancellation wait for the row of the run
-- as short as can be: when the attempt was fenced off, all of that transaction rolls back.
-- The layout and the manifest of these names are kept from being collected or deleted until the transaction ends. When one
-- of them is not there, nothing changes.
-- Bytes that were parsed to their end did not kill the process on purpose: what was counted against them is forgotten.
-- $1 run · $2 attempt · $3 metrics without duration_seconds · $4 peak memory in bytes · $5 project
-- $6 sha256 of the layout, or null · $7 name of the manifest
-- $8 numbers of the files that this run was the first to parse, as a multirange · $9 parser version
-- $10 whether anything in it is called after the archive
-- Reply: (run, layout, manifest), ids · null for a layout or manifest that is not there · run null while both are there: the
--        attempt was fenced off
with layout as (
  select id from layouts where project_id = $5 and sha256 = $6::text for key share
), manifest as (
  select id from manifests where project_id = $5 and sha256 = $7 for key share
), completed as (
  update runs
     set status = 'complete', worker = null, delivery = null, completed_at = clock_timestamp(), next_attempt_at = null,
         error_type = null, error_message = null, error_traceback = null, progress = null,
         layout_id = (select id from layout), parser_version = $9, named_by_archive = $10,
         metrics = $3::jsonb || jsonb_build_object(
           'duration_seconds', round(extract(epoch from clock_timestamp() - started_at), 3),
           'retry_count', retry_count)
   where id = $1 and attempt = $2 and status = 'parsing'
     and exists (select from manifest) and ($6::text is null or exists (select from layout))
  returning id, attempt, archive_sha256
), pointed as (
  insert into run_manifests (run_id, manifest_id, parsed)
  select id, (select id from manifest), $8::int4multirange from completed
), ended as (
  update attempts a
     set ended_at = clock_timestamp(), outcome = 'complete', peak_rss_bytes = $4
    from completed c where a.run_id = c.id and a.attempt = c.attempt
), cleared as (
  delete from crashed_archives k using completed c where k.sha256 = c.archive_sha256 and k.quarantined_at is null
)
select (select id from completed) as run, (select id from layout) as layout, (select id from manifest) as manifest
