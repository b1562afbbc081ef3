-- parsing → failed.
-- $1 run · $2 attempt · $3 error type · $4 message · $5 traceback or null · $6 metrics · $7 peak memory in bytes or null
-- $8 outcome ('failed' | 'crashed')
-- Reply: (id) · no row: the run is no longer ours, nothing was written
with failed as (
  update runs
     set status = 'failed', worker = null, delivery = null, completed_at = now(), next_attempt_at = null,
         error_type = $3, error_message = $4, error_traceback = $5, metrics = $6::jsonb
   where id = $1 and attempt = $2 and status = 'parsing'
  returning id, attempt
), ended as (
  update attempts a
     set ended_at = now(), outcome = $8, error_type = $3, error_message = $4, peak_rss_bytes = $7
    from failed f where a.run_id = f.id and a.attempt = f.attempt
)
select id from failed
