-- Deletes those of some layouts that nothing names. It must be a statement of its own behind lock-unused: only then
-- does it see everything that was committed before the rows were held.
-- $1 layouts[]
-- Reply: (count) of the deleted
with deleted as (
  delete from layouts c
   where c.id = any($1::bigint[]) and not exists (select from runs r where r.layout_id = c.id)
  returning c.id
)
select count(*)::int as count from deleted
