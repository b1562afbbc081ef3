-- Signs that work stands still although somebody should be at it.
-- Reply: one row (outbox_age_seconds, heartbeat_age_seconds) · outbox_age_seconds: how long the dispatch of the run that
--        waits longest for it is late · heartbeat_age_seconds: the longest silence about a run that is being parsed
select greatest(0, coalesce(extract(epoch from now() - min(coalesce(next_attempt_at, created_at))
         filter (where status = 'stored' and dispatched_at is null)), 0))::float8 as outbox_age_seconds,
       greatest(0, coalesce(extract(epoch from now() - min(last_heartbeat)
         filter (where status = 'parsing')), 0))::float8 as heartbeat_age_seconds
  from runs where status in ('stored', 'parsing')
