-- Deletes what the ledger says of runs that are gone, once it is as old as a run may become.
-- $1 least age in ms · $2 rows
-- Reply: (count) of the deleted
with expired as (
  select run_id, attempt from attempts a
   where ended_at <= now() - $1 * interval '1 ms' and not exists (select from runs r where r.id = a.run_id)
   limit $2
), deleted as (
  delete from attempts a using expired e where a.run_id = e.run_id and a.attempt = e.attempt returning a.run_id
)
select count(*)::int as count from deleted
