-- parsing → stored: the worker gives the run back, to be retried at a time or at once.
-- $1 run · $2 attempt · $3 outcome ('retry' | 'handed_back' | 'crashed') · $4 retries used now · $5 delay in ms
-- $6 error type or null · $7 message or null · $8 traceback or null · $9 peak memory in bytes or null
-- Reply: (id) · no row: the run is no longer ours, nothing was written
with released as (
  update runs
     set status = 'stored', worker = null, delivery = null, retry_count = $4,
         next_attempt_at = case when $5::float8 > 0 then now() + $5 * interval '1 ms' end,
         error_type = $6, error_message = $7, error_traceback = $8, progress = null
   where id = $1 and attempt = $2 and status = 'parsing'
  returning id, attempt
), ended as (
  update attempts a
     set ended_at = now(), outcome = $3, error_type = $6, error_message = $7, peak_rss_bytes = $9
    from released r where a.run_id = r.id and a.attempt = r.attempt
)
select id from released
