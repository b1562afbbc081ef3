-- How many stanzas a run has.
-- $1 run
-- Reply: (total) · no row: the run has no manifest (yet)
select m.stanza_count as total from run_manifests r join manifests m on m.id = r.manifest_id where r.run_id = $1
