-- pending → failed: the upload broke off. The idempotency key is free again, so that the sender can repeat it.
-- $1 run · $2 message
-- Reply: (id) · no row: it is not pending any more
update runs
   set status = 'failed', error_type = 'upload_interrupted', error_message = $2, completed_at = now(), worker = null,
       idempotency_key = null
 where id = $1 and status = 'pending'
returning id
