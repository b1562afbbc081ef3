-- A page of a run's stanzas: files in byte order of their paths, stanzas in the order of their file, which is the order
-- of their numbers. The page starts in the tree of the last stanza seen, so that a later page costs no more than the
-- first. Each file is searched only until it has given a whole page. A filter that is null is no filter; key and value
-- speak of one and the same setting: whether a stanza holds both texts at all is asked first, since it costs a fifth.
-- $1 run · $2 path of the last stanza seen or null · $3 its number or -1 · $4 rows · $5 conf · $6 app · $7 scope
-- $8 layer · $9 name · $10 key · $11 value · $12 text that a name, key or value contains, in any case
-- Reply: stanzas with their number and their file
select m.first_stanza + f.first_stanza + s.ordinal as n, s.name, s.line, s.header_lines, s.settings,
       left(m.first_path, m.prefix_chars) || f.path as path, f.kind, f.conf, f.app, f.scope, f.layer, f.owner
  from run_manifests r
 cross join lateral (select coalesce(max(e.ordinal), 0) as ordinal from manifest_trees e
                      where e.manifest_id = r.manifest_id and e.first_path <= $2) start
  join manifest_trees m on m.manifest_id = r.manifest_id
  join tree_files f on f.tree_id = m.tree_id
 cross join lateral (
   select t.ordinal, t.name, t.line, t.header_lines, t.settings
     from stanzas t
    where t.file_id = f.file_id
      and t.ordinal > $3::int - m.first_stanza - f.first_stanza
      and ($9::text is null or t.name = $9)
      and ($10::text is null and $11::text is null
           or t.settings @> (select jsonb_build_array(jsonb_path_query_array(
                               jsonb_build_array($10::text, $11::text), '$[*] ? (@ != null)')))
           and jsonb_path_exists(
                 t.settings,
                 'strict $[*] ? (($key == null || @[0] == $key) && ($value == null || @[1] == $value))',
                 (select jsonb_build_object('key', $10::text, 'value', $11::text))))
      and ($12::text is null
           or strpos(lower(t.name), lower($12)) > 0
           or exists (select 1 from jsonb_array_elements(t.settings) as e (setting)
                       where strpos(lower(e.setting ->> 0), lower($12)) > 0
                          or strpos(lower(e.setting ->> 1), lower($12)) > 0))
    order by t.ordinal
    limit $4
 ) s
 where r.run_id = $1
   and m.ordinal >= start.ordinal
   and ($2::text is null or left(m.first_path, m.prefix_chars) || f.path collate "C" >= $2)
   and ($5::text is null or f.conf = $5)
   and ($6::text is null or f.app = $6)
   and ($7::text is null or f.scope = $7)
   and ($8::text is null or f.layer = $8)
 order by m.ordinal, f.ordinal, s.ordinal
 limit $4
