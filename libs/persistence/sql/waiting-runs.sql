-- Runs that the dispatch index ought to know of, the oldest first: waiting ones, and ones that a silent worker holds.
-- $1 least age of an undispatched run in ms (its upload is about to dispatch it itself) · $2 silence in ms
-- $3 last id of the page before · $4 rows · $5 leave out what was dispatched at this time or later; null: nothing
-- A time of dispatch that lies ahead is of a clock that was put back since, and says nothing. now() may be a moment older
-- than what this statement sees, clock_timestamp() is not.
-- Reply: (id, task_id, queue, traceparent, undispatched, wait_ms)
select id, task_id, queue, traceparent, dispatched_at is null as undispatched,
       greatest(0, coalesce(ceil(extract(epoch from next_attempt_at - now()) * 1000), 0))::float8 as wait_ms
  from runs
 where id > $3
   and (status = 'stored' and (dispatched_at is not null or created_at < now() - $1 * interval '1 ms')
     or status = 'parsing' and last_heartbeat < now() - $2 * interval '1 ms')
   and (dispatched_at between $5::timestamptz and clock_timestamp()) is not true
 order by id
 limit $4
