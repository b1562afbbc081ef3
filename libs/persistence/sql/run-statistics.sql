-- What all runs say together, by status.
-- Reply: (status, runs, retries, max_retries, seconds) · seconds: average duration, of complete runs alone
select status, count(*)::int as runs, sum(retry_count)::int as retries, max(retry_count) as max_retries,
       avg((metrics ->> 'duration_seconds')::float8) filter (where status = 'complete') as seconds
  from runs group by status
