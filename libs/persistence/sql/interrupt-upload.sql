-- pending → failed: the upload broke off. The idempotency key is free again, so that the sender can repeat it. What has
-- arrived of the archive is unwanted from here on, whoever gets to delete it.
-- $1 run · $2 message · $3 archive key · $4 silence in ms that its receiver must have kept until now, or null
-- Reply: (id) · no row: it is not pending any more, or its receiver is not silent
with interrupted as (
  update runs
     set status = 'failed', error_type = 'upload_interrupted', error_message = $2, completed_at = now(), worker = null,
         idempotency_key = null
   where id = $1 and status = 'pending'
     and ($4::float8 is null or last_heartbeat < now() - $4 * interval '1 ms')
  returning id
), unwanted as (
  insert into unwanted_archives (archive_key) select $3 from interrupted
  on conflict do nothing
)
select id from interrupted
