-- One stanza by its number. Trees and files that hold no stanza share their number with what stands behind them, so the
-- stanza's tree, and its file, is the last one that does not start behind it.
-- $1 run · $2 number
-- Reply: the stanza with its number and its file · no row: the run has none of this number
select m.first_stanza + f.first_stanza + s.ordinal as n, s.name, s.line, s.header_lines, s.settings,
       left(m.first_path, m.prefix_chars) || f.path as path, f.kind, f.conf, f.app, f.scope, f.layer, f.owner
  from (select t.*
          from run_manifests r
          join manifest_trees t on t.manifest_id = r.manifest_id
         where r.run_id = $1 and t.first_stanza <= $2::bigint
         order by t.ordinal desc limit 1) m
 cross join lateral (select * from tree_files t
                      where t.tree_id = m.tree_id and m.first_stanza + t.first_stanza <= $2::bigint
                      order by t.ordinal desc limit 1) f
  join stanzas s on s.file_id = f.file_id and s.ordinal = $2::bigint - m.first_stanza - f.first_stanza
