-- stored | parsing → cancelled. The message of a queued run is dropped by the worker that reads it; the worker that parses
-- one learns of it with its next heartbeat, and its writes are refused from this moment on.
-- $1 run
-- Reply: the run · no row: it is in another status
with cancelled as (
  update runs
     set status = 'cancelled', completed_at = now(), next_attempt_at = null, worker = null, delivery = null,
         error_type = 'cancelled', error_message = 'Cancelled by request.', error_traceback = null, progress = null
   where id = $1 and status in ('stored', 'parsing')
  returning *
), ended as (
  update attempts a
     set ended_at = now(), outcome = 'cancelled', error_type = 'cancelled'
    from cancelled c where a.run_id = c.id and a.ended_at is null
)
select * from cancelled
