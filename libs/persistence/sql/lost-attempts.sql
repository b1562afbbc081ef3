-- Which of these attempts do not hold their run any more: it was cancelled, taken over, or deleted.
-- $1 run[] · $2 attempt[]
-- Reply: (run_id, attempt) of those
select held.run_id, held.attempt
  from unnest($1::bigint[], $2::int[]) as held (run_id, attempt)
  left join runs r on r.id = held.run_id and r.attempt = held.attempt and r.status = 'parsing'
 where r.id is null
