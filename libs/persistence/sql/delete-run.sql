-- Deletes a run that nobody works on, with its manifest and its ledger. Parsed files stay: other runs may name them.
-- $1 run
-- Reply: (archive_key) · no row: it does not exist, or is pending or being parsed
with deleted as (
  delete from runs where id = $1 and status not in ('pending', 'parsing') returning id, archive_key
), manifest as (
  delete from run_files f using deleted d where f.run_id = d.id
), ledger as (
  delete from attempts a using deleted d where a.run_id = d.id
)
select archive_key from deleted
