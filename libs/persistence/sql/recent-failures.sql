-- The runs that failed last, the latest first.
-- $1 rows
-- Reply: (run_id, error_type, error_message, retry_count, completed_at)
select id as run_id, error_type, error_message, retry_count, completed_at
  from runs where status = 'failed'
 order by completed_at desc nulls last, id desc
 limit $1
