-- Deletes a manifest that no run points to any more. Its trees stay: other manifests may hold them. A run that points to
-- it at this very moment makes the foreign key refuse the statement.
-- $1 manifest
with deleted as (
  delete from manifests m
   where m.id = $1 and not exists (select 1 from run_manifests r where r.manifest_id = m.id)
  returning m.id
)
delete from manifest_trees t using deleted d where t.manifest_id = d.id
