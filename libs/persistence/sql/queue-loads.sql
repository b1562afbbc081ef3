-- How much work each queue holds. It is counted here and not in the dispatch index, which may be behind or empty.
-- Reply: (queue, ready, delayed, running, oldest_age_seconds) of the queues that hold any · oldest_age_seconds: how long
--        the ready run that waits longest has waited, null when none is ready
with work as (
  select queue, status, status = 'stored' and (next_attempt_at is null or next_attempt_at <= now()) as is_ready,
         coalesce(next_attempt_at, dispatched_at, created_at) as since
    from runs where status in ('stored', 'parsing')
)
select queue,
       count(*) filter (where is_ready)::int as ready,
       count(*) filter (where status = 'stored' and not is_ready)::int as delayed,
       count(*) filter (where status = 'parsing')::int as running,
       greatest(0, extract(epoch from now() - min(since) filter (where is_ready)))::float8 as oldest_age_seconds
  from work group by queue
