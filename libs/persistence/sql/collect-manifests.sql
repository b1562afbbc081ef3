-- Deletes those of some manifests that nothing names. It must be a statement of its own behind lock-unused: only then
-- does it see everything that was committed before the rows were held.
-- $1 manifests[]
-- Reply: (count) of the deleted
with deleted as (
  delete from manifests c
   where c.id = any($1::bigint[]) and not exists (select from run_manifests r where r.manifest_id = c.id)
  returning c.id
), parts as (
  delete from manifest_trees e using deleted d where e.manifest_id = d.id
)
select count(*)::int as count from deleted
