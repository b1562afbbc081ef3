-- Deletes those of some files that nothing names. It must be a statement of its own behind lock-unused: only then
-- does it see everything that was committed before the rows were held.
-- $1 files[]
-- Reply: (count) of the deleted
with deleted as (
  delete from conf_files c
   where c.id = any($1::bigint[]) and not exists (select from tree_files e where e.file_id = c.id)
  returning c.id
), parts as (
  delete from stanzas s using deleted d where s.file_id = d.id
)
select count(*)::int as count from deleted
