-- parsing → complete for an archive that an earlier run has read: the same bytes, read by the same parser, come to the
-- same files, under the same name where that tells what they are called. The manifest and the layout of the earlier run
-- become those of this one, none of whose files it was the first to parse.
-- Like complete-run, it keeps both from being collected or deleted until it is committed, and writes nothing without them.
-- The order is that of the index, and of no other: whatever the planner thinks of how often the same bytes came, it does
-- not look through the runs one by one.
-- $1 run · $2 attempt · $3 parser version
-- Reply: (earlier_run, files_parsed, files_reused, stanzas_created) · no row: there is no such run any more, or the attempt
--        was fenced off; nothing was written
with earlier as materialized (
  select e.id, e.layout_id, e.metrics, e.named_by_archive, m.manifest_id
    from runs e
    join run_manifests m on m.run_id = e.id
   where e.archive_sha256 = (select archive_sha256 from runs where id = $1)
     and e.project_id = (select project_id from runs where id = $1)
     and e.parser_version = $3 and e.status = 'complete'
     and (not e.named_by_archive or e.archive_name = (select archive_name from runs where id = $1))
   order by e.completed_at desc
   limit 1
), layout as (
  select id from layouts where id = (select layout_id from earlier) for key share
), manifest as (
  select id from manifests where id = (select manifest_id from earlier) for key share
), completed as (
  update runs
     set status = 'complete', worker = null, delivery = null, completed_at = clock_timestamp(), next_attempt_at = null,
         error_type = null, error_message = null, error_traceback = null, progress = null,
         layout_id = (select id from layout), parser_version = $3,
         named_by_archive = (select named_by_archive from earlier),
         metrics = (select e.metrics || jsonb_build_object('files_reused', e.metrics -> 'files_parsed') from earlier e)
           || jsonb_build_object(
           'duration_seconds', round(extract(epoch from clock_timestamp() - started_at), 3),
           'retry_count', retry_count)
   where id = $1 and attempt = $2 and status = 'parsing'
     and exists (select from manifest)
     and exists (select from earlier where layout_id is null or layout_id = (select id from layout))
  returning id, attempt, metrics, archive_sha256
), pointed as (
  insert into run_manifests (run_id, manifest_id, parsed)
  select id, (select id from manifest), '{}' from completed
), ended as (
  update attempts a
     set ended_at = clock_timestamp(), outcome = 'complete'
    from completed c where a.run_id = c.id and a.attempt = c.attempt
), cleared as (
  delete from crashed_archives k using completed c where k.sha256 = c.archive_sha256 and k.quarantined_at is null
)
select (select id from earlier) as earlier_run, (metrics -> 'files_parsed')::int as files_parsed,
       (metrics -> 'files_reused')::int as files_reused, (metrics -> 'stanzas_created')::int as stanzas_created
  from completed
