-- What PostgreSQL knows about why a run is not running, by its own clock.
-- $1 run
-- Reply: (paused_at, quarantined, backing_off, ahead, heartbeat_age_seconds) · ahead: runs of its queue that became ready
--        before it · no row: it does not exist
select p.paused_at,
       exists (select from crashed_archives q
                where q.sha256 = r.archive_sha256 and q.quarantined_at is not null) as quarantined,
       coalesce(r.next_attempt_at > now(), false) as backing_off,
       (select count(*) from runs o
         where o.status = 'stored' and o.queue = r.queue and o.id < r.id
           and (o.next_attempt_at is null or o.next_attempt_at <= now()))::int as ahead,
       extract(epoch from now() - r.last_heartbeat)::float8 as heartbeat_age_seconds
  from runs r
  left join paused_queues p on p.queue = r.queue
 where r.id = $1
