-- Deletes runs that ended long ago, as delete-run does. Their manifests are collected once nothing else uses them.
-- $1 least age in ms · $2 rows
-- Reply: (count) of the deleted
with expired as (
  select id from runs
   where status in ('complete', 'failed', 'cancelled') and completed_at <= now() - $1 * interval '1 ms'
   order by id
   limit $2
     for update skip locked
), deleted as (
  delete from runs r using expired e where r.id = e.id returning r.id, r.archive_key
), pointers as (
  delete from run_manifests m using deleted d where m.run_id = d.id
), unwanted as (
  insert into unwanted_archives (archive_key) select archive_key from deleted where archive_key is not null
  on conflict do nothing
)
select count(*)::int as count from deleted
