-- Why a claim got no row.
-- $1 run · $2 task id of the message
-- Reply: (status, current, wait_ms) · current: the message speaks of the run's current task · wait_ms: until it is due ·
--        no row: the run was deleted
select status, task_id = $2 as current,
       greatest(0, ceil(extract(epoch from next_attempt_at - now()) * 1000))::float8 as wait_ms
  from runs where id = $1
