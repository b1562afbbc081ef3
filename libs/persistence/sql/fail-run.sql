-- parsing → failed. A crash is also counted against the bytes, whichever run they came in.
-- $1 run · $2 attempt · $3 error type · $4 message · $5 traceback or null · $6 metrics · $7 peak memory in bytes or null
-- $8 outcome ('failed' | 'crashed') · $9 crashes that put the bytes in quarantine
-- Reply: (id) · no row: the run is no longer ours, nothing was written
with failed as (
  update runs
     set status = 'failed', worker = null, delivery = null, completed_at = now(), next_attempt_at = null,
         error_type = $3, error_message = $4, error_traceback = $5, metrics = $6::jsonb
   where id = $1 and attempt = $2 and status = 'parsing'
  returning id, attempt, archive_sha256
), ended as (
  update attempts a
     set ended_at = now(), outcome = $8, error_type = $3, error_message = $4, peak_rss_bytes = $7
    from failed f where a.run_id = f.id and a.attempt = f.attempt
), crashed as (
  insert into crashed_archives as k (sha256, crashes, run_id, error_type, error_message)
  select archive_sha256, 1, id, $3, $4 from failed where $8 = 'crashed'
  on conflict (sha256) do update
     set crashes = k.crashes + 1, run_id = excluded.run_id, error_type = excluded.error_type,
         error_message = excluded.error_message, last_crash_at = now(),
         quarantined_at = coalesce(k.quarantined_at, case when k.crashes + 1 >= $9 then now() end)
)
select id from failed
