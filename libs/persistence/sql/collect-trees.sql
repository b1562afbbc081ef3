-- Deletes those of some trees that nothing names. It must be a statement of its own behind lock-unused: only then
-- does it see everything that was committed before the rows were held.
-- $1 trees[]
-- Reply: (count) of the deleted
with deleted as (
  delete from trees c
   where c.id = any($1::bigint[]) and not exists (select from manifest_trees e where e.tree_id = c.id)
  returning c.id
), parts as (
  delete from tree_files e using deleted d where e.tree_id = d.id
)
select count(*)::int as count from deleted
