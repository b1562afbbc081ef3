-- stored → parsing, or parsing → parsing when the last worker fell silent. The compare-and-set that every effect of a
-- run depends on: it gives the worker the next attempt number, and every later write names that number.
--
-- A run that is being parsed may be claimed by the very delivery that holds it, once that was taken over (Redis does so
-- only after its holder was silent for a whole lease, or gave it up), and by any delivery once the holder's heartbeats
-- have been missing from PostgreSQL too. That an entry is read anew proves nothing: its group may have been destroyed.
--
-- Whether the archive was read before is asked in the order of the index, as in repeat-run.
--
-- $1 run · $2 task id of the message · $3 worker · $4 delivery · $5 silence in ms · $6 trace id or null
-- $7 the delivery was taken over
-- Reply: the run, and what earlier attempts of this task came to: crashes (its process died), losses (its worker fell
--        silent), interruptions (handed back because something around it was away) · repeats: a run that is complete has
--        read the same archive · quarantine_*: when its bytes are in quarantine · no row: not claimable, see explain-claim
with claimed as (
  update runs
     set status = 'parsing', attempt = attempt + 1, worker = $3, delivery = $4, next_attempt_at = null,
         started_at = now(), last_heartbeat = now(), progress = null
   where id = $1 and task_id = $2
     and (status = 'stored' and (next_attempt_at is null or next_attempt_at <= now())
       or status = 'parsing' and (delivery = $4 and $7 or last_heartbeat < now() - $5 * interval '1 ms'))
  returning id, attempt, task_id, queue, type, archive_key, archive_name, archive_sha256, archive_bytes, retry_count,
            traceparent, project_id
), lost as (
  update attempts a
     set ended_at = now(), outcome = 'lost', error_type = 'crash', error_message = 'The worker fell silent.'
    from claimed c
   where a.run_id = c.id and a.ended_at is null
  returning a.attempt
), entered as (
  insert into attempts (run_id, attempt, task_id, worker, queue, trace_id)
  select id, attempt, task_id, $3, queue, $6 from claimed
)
select c.*,
       (select count(*) from attempts a
         where a.run_id = c.id and a.task_id = c.task_id and a.outcome = 'crashed')::int as crashes,
       ((select count(*) from lost)
        + (select count(*) from attempts a
            where a.run_id = c.id and a.task_id = c.task_id and a.outcome = 'lost'))::int as losses,
       (select count(*) from attempts a
         where a.run_id = c.id and a.task_id = c.task_id and a.outcome = 'handed_back'
           and a.error_type is not null)::int as interruptions,
       (select true from runs e
         where e.archive_sha256 = c.archive_sha256 and e.project_id = c.project_id and e.parser_version is not null
           and (not e.named_by_archive or e.archive_name = c.archive_name)
         order by e.parser_version desc, e.completed_at desc
         limit 1) is not null as repeats,
       q.crashes as quarantine_crashes, q.run_id as quarantine_run_id, q.error_message as quarantine_message
  from claimed c
  left join crashed_archives q on q.sha256 = c.archive_sha256 and q.quarantined_at is not null
