-- Points a run to its manifest.
-- $1 run · $2 manifest · $3 numbers of the files that this run was the first to parse, as a multirange
insert into run_manifests (run_id, manifest_id, parsed) values ($1, $2, $3::int4multirange)
