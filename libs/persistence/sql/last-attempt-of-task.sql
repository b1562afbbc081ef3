-- The last attempt of a task, current or superseded.
-- $1 task
-- Reply: the attempt · no row: no worker ever took the task
select run_id, attempt, task_id, worker, queue, started_at, ended_at, outcome, error_type, error_message,
       peak_rss_bytes, trace_id
  from attempts where task_id = $1 order by attempt desc limit 1
