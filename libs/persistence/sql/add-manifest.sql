-- Enters a manifest under the name of its content.
-- $1 project · $2 name · $3 files · $4 stanzas
-- Reply: (id) · no row: somebody else has entered it
insert into manifests (project_id, sha256, file_count, stanza_count) values ($1, $2, $3, $4)
on conflict do nothing
returning id
