-- Takes the archives from runs that ended long ago. The runs stay, and can be parsed again no more.
-- $1 least age in ms · $2 rows
-- Reply: (count) of the archives
with expired as (
  select id, archive_key from runs
   where status in ('complete', 'failed', 'cancelled') and archive_key is not null
     and completed_at <= now() - $1 * interval '1 ms'
   order by id
   limit $2
     for update skip locked
), taken as (
  update runs r set archive_key = null from expired e where r.id = e.id
), unwanted as (
  insert into unwanted_archives (archive_key) select archive_key from expired
  on conflict do nothing
)
select count(*)::int as count from expired
