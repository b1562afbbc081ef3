-- Deletes a run whose upload was refused. What has arrived of the archive is unwanted from here on.
-- $1 run · $2 archive key
-- Reply: (id) · no row: it is not pending any more
with discarded as (
  delete from runs where id = $1 and status = 'pending' returning id
), unwanted as (
  insert into unwanted_archives (archive_key) select $2 from discarded
  on conflict do nothing
)
select id from discarded
