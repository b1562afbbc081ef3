-- What some stanzas set. `offset 0` looks each of them up by itself, however many the planner takes them for.
-- $1 files[] · $2 the number in its file of each stanza[]
-- Reply: (file_id, ordinal, settings) in no order
select s.file_id, s.ordinal, s.settings
  from unnest($1::bigint[], $2::int[]) as wanted (file_id, ordinal)
 cross join lateral (
   select t.file_id, t.ordinal, t.settings from stanzas t
    where t.file_id = wanted.file_id and t.ordinal = wanted.ordinal
   offset 0) s
