-- A page of a run's manifest in byte order of the paths: trees in their order, files in theirs, read until the page is
-- full, from the tree of the last path seen, or of the first one wanted. The planner sees that order only when the manifest
-- and the start are known before the trees are read: they are queries of their own. `offset 0` holds it to reading the
-- files tree by tree. A filter that is null is no filter.
-- $1 run · $2 only paths behind · $3 rows · $4 conf · $5 app · $6 scope · $7 layer · $8 kind · $9 start of the path
-- Reply: the lines with what their parsed files say · none: the run has no manifest (yet)
select left(m.first_path, m.prefix_chars) || f.path as path, f.conf, f.kind, f.app, f.scope, f.layer, f.owner, c.sha256,
       coalesce(c.bytes, f.ignored_bytes) as bytes,
       f.file_id is not null
         and not (select r.parsed from run_manifests r where r.run_id = $1) @> m.first_file + f.ordinal as reused,
       f.ignored_reason, coalesce(c.stanza_count, 0) as stanza_count, coalesce(c.setting_count, 0) as setting_count,
       coalesce(c.diagnostics, '[]') as diagnostics
  from manifest_trees m
 cross join lateral (select t.* from tree_files t where t.tree_id = m.tree_id offset 0) f
  left join conf_files c on c.id = f.file_id
 where m.manifest_id = (select r.manifest_id from run_manifests r where r.run_id = $1)
   and m.ordinal >= (select coalesce(max(e.ordinal), 0)
                       from run_manifests r
                       join manifest_trees e on e.manifest_id = r.manifest_id
                                            and e.first_path <= greatest($2::text collate "C", $9::text)
                      where r.run_id = $1)
   and ($2::text is null or left(m.first_path, m.prefix_chars) || f.path collate "C" > $2)
   and ($4::text is null or f.conf = $4)
   and ($5::text is null or f.app = $5)
   and ($6::text is null or f.scope = $6)
   and ($7::text is null or f.layer = $7)
   and ($8::text is null or f.kind = $8)
   and ($9::text is null or m.first_path <= $9 or starts_with(m.first_path, $9))
   and ($9::text is null or starts_with(left(m.first_path, m.prefix_chars) || f.path, $9))
 order by m.ordinal, f.ordinal
 limit $3
