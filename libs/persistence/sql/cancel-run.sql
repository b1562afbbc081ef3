-- stored → cancelled: a queued run will not be parsed. Its message is dropped by the worker that reads it.
-- $1 run
-- Reply: the run · no row: it is in another status
update runs
   set status = 'cancelled', completed_at = now(), next_attempt_at = null, error_type = 'cancelled',
       error_message = 'Cancelled before a worker took it.'
 where id = $1 and status = 'stored'
returning *
