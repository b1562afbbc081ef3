-- A run for an upload that begins now.
-- $1 queue · $2 archive name · $3 idempotency key or null · $4 upload service · $5 traceparent or null
-- Reply: (id) · no row: the idempotency key is taken
insert into runs (status, queue, archive_name, idempotency_key, worker, traceparent, last_heartbeat)
values ('pending', $1, $2, $3, $4, $5, now())
on conflict (project_id, idempotency_key) where idempotency_key is not null do nothing
returning id
