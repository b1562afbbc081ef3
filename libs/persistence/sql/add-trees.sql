-- Enters trees under the names of their contents, in the order of those names, so that two workers that add the same
-- trees wait for each other and never deadlock. Whoever gets an id back fills the tree, in the same transaction.
-- $1 project · $2 parser version · $3 names[] · $4 file counts[] · $5 stanza counts[]
-- Reply: (id, sha256) of the trees that are new
insert into trees (project_id, parser_version, sha256, file_count, stanza_count)
select $1, $2, t.sha256, t.file_count, t.stanza_count
  from unnest($3::text[], $4::int[], $5::int[]) as t (sha256, file_count, stanza_count)
 order by t.sha256
on conflict do nothing
returning id, sha256
