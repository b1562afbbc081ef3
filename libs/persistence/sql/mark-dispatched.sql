-- The dispatch index knows of these runs now. A fast worker may have claimed one already: then it did know of it.
-- $1 run[] · $2 task id[]
update runs r set dispatched_at = now()
  from unnest($1::bigint[], $2::uuid[]) as d (id, task_id)
 where r.id = d.id and r.task_id = d.task_id
