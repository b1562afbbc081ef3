-- A page of a run's manifest in byte order of the paths: trees in their order, files in theirs. The page starts in the
-- tree of the last path seen. A filter that is null is no filter.
-- $1 run · $2 only paths behind · $3 rows · $4 conf · $5 app · $6 scope · $7 layer · $8 kind · $9 start of the path
-- Reply: the lines with what their parsed files say · none: the run has no manifest (yet)
select left(m.first_path, m.prefix_chars) || f.path as path, f.conf, f.kind, f.app, f.scope, f.layer, f.owner, c.sha256,
       coalesce(c.bytes, f.ignored_bytes) as bytes,
       f.file_id is not null and not r.parsed @> m.first_file + f.ordinal as reused, f.ignored_reason,
       coalesce(c.stanza_count, 0) as stanza_count, coalesce(c.setting_count, 0) as setting_count,
       coalesce(c.diagnostics, '[]') as diagnostics
  from run_manifests r
 cross join lateral (select coalesce(max(e.ordinal), 0) as ordinal from manifest_trees e
                      where e.manifest_id = r.manifest_id and e.first_path <= $2) start
  join manifest_trees m on m.manifest_id = r.manifest_id
  join tree_files f on f.tree_id = m.tree_id
  left join conf_files c on c.id = f.file_id
 where r.run_id = $1
   and m.ordinal >= start.ordinal
   and ($2::text is null or left(m.first_path, m.prefix_chars) || f.path collate "C" > $2)
   and ($4::text is null or f.conf = $4)
   and ($5::text is null or f.app = $5)
   and ($6::text is null or f.scope = $6)
   and ($7::text is null or f.layer = $7)
   and ($8::text is null or f.kind = $8)
   and ($9::text is null or starts_with(left(m.first_path, m.prefix_chars) || f.path, $9))
 order by m.ordinal, f.ordinal
 limit $3
