-- parsing → stored: the worker gives the run back, to be retried at a time or at once. A crash is also counted against
-- the bytes, whichever run they came in.
-- $1 run · $2 attempt · $3 outcome ('retry' | 'handed_back' | 'crashed') · $4 retries used now · $5 delay in ms
-- $6 error type or null · $7 message or null · $8 traceback or null · $9 peak memory in bytes or null
-- $10 crashes that put the bytes in quarantine
-- Reply: (id) · no row: the run is no longer ours, nothing was written
with released as (
  update runs
     set status = 'stored', worker = null, delivery = null, retry_count = $4,
         next_attempt_at = case when $5::float8 > 0 then now() + $5 * interval '1 ms' end,
         error_type = $6, error_message = $7, error_traceback = $8, progress = null
   where id = $1 and attempt = $2 and status = 'parsing'
  returning id, attempt, archive_sha256
), ended as (
  update attempts a
     set ended_at = now(), outcome = $3, error_type = $6, error_message = $7, peak_rss_bytes = $9
    from released r where a.run_id = r.id and a.attempt = r.attempt
), crashed as (
  insert into crashed_archives as k (sha256, crashes, run_id, error_type, error_message)
  select archive_sha256, 1, id, $6, $7 from released where $3 = 'crashed'
  on conflict (sha256) do update
     set crashes = k.crashes + 1, run_id = excluded.run_id, error_type = excluded.error_type,
         error_message = excluded.error_message, last_crash_at = now(),
         quarantined_at = coalesce(k.quarantined_at, case when k.crashes + 1 >= $10 then now() end)
)
select id from released
