-- The dispatch index knows of this run now.
-- $1 run · $2 task id
update runs set dispatched_at = now() where id = $1 and task_id = $2 and status = 'stored'
