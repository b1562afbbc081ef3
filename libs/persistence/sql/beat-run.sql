-- The worker is alive and this is how far it has come.
-- $1 run · $2 attempt · $3 progress
-- Reply: (id) · no row: the run is no longer ours
update runs set last_heartbeat = now(), progress = coalesce($3::jsonb, progress)
 where id = $1 and attempt = $2 and status = 'parsing'
returning id
