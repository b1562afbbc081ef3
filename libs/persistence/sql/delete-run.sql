-- Deletes a run that nobody works on. Its ledger stays and answers for its tasks. Its manifest stays until
-- delete-manifest; parsed files stay: other runs may name them. Its archive is unwanted from here on.
-- $1 run
-- Reply: (archive_key, manifest_id) · no row: it does not exist, or is pending or being parsed
with deleted as (
  delete from runs where id = $1 and status not in ('pending', 'parsing') returning id, archive_key
), pointer as (
  delete from run_manifests m using deleted d where m.run_id = d.id returning m.manifest_id
), unwanted as (
  insert into unwanted_archives (archive_key) select archive_key from deleted where archive_key is not null
  on conflict do nothing
)
select archive_key, (select manifest_id from pointer) as manifest_id from deleted
