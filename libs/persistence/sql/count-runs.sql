-- How many runs the filters of list-runs leave.
-- $1 status · $2 type · $3 label · $4 created at or after
-- Reply: (total)
select count(*)::int as total from runs
 where ($1::text is null or status = $1)
   and ($2::text is null or type = $2)
   and ($3::text is null or label = $3)
   and ($4::timestamptz is null or created_at >= $4)
