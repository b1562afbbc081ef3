-- The ledger of a run, oldest attempt first.
-- $1 run
-- Reply: attempts
select run_id, attempt, task_id, worker, queue, started_at, ended_at, outcome, error_type, error_message,
       peak_rss_bytes, trace_id
  from attempts where run_id = $1 order by attempt
