-- pending → stored: the archive is safe. From here on the run is accepted and will be parsed.
-- $1 run · $2 type · $3 label · $4 notes · $5 queue · $6 archive key · $7 sha256 hex · $8 bytes · $9 task id
-- Reply: the run · no row: it is not pending any more
update runs
   set status = 'stored', type = $2, label = $3, notes = $4, queue = $5, archive_key = $6, archive_sha256 = $7,
       archive_bytes = $8, task_id = $9, worker = null, last_heartbeat = null
 where id = $1 and status = 'pending'
returning *
