-- A page of runs, the newest first. Ids grow with time, so the page is found by id. A filter that is null is no filter.
-- $1 status · $2 type · $3 label · $4 created at or after · $5 only ids below · $6 rows to skip · $7 rows
-- Reply: runs
select * from runs
 where ($1::text is null or status = $1)
   and ($2::text is null or type = $2)
   and ($3::text is null or label = $3)
   and ($4::timestamptz is null or created_at >= $4)
   and ($5::bigint is null or id < $5)
 order by id desc
offset $6 limit $7
