-- A page of a run's stanzas: files in byte order of their paths, stanzas in the order of their file, which is the order
-- of their numbers. Trees are read in their order until the page is full, from the tree of the last stanza seen, so that
-- a later page costs no more than the first. The planner sees that order only when the manifest and the start are known
-- before the trees are read: they are queries of their own. Trees and files that cannot hold what is wanted are not looked
-- into. Each file is searched only until it has given a whole page. A filter that is null is no filter; key and value
-- speak of one and the same setting: whether a stanza holds both texts at all is asked first, since it costs a fifth.
-- $1 run · $2 path of the last stanza seen or null · $3 its number or -1 · $4 rows · $5 conf · $6 app · $7 scope
-- $8 layer · $9 name · $10 key · $11 value · $12 text that a name, key or value contains, in any case
-- $13 and $14 sequences in the search hashes of every tree and file that is wanted, see search-hashes.ts; empty for any
-- $15 whether what Splunk writes by itself is wanted: sourcetypes.conf and the app learned
-- $16 bytes that settings may take as they are stored, see STORED_BYTES
-- Reply: stanzas with their number and their file · settings is null where it takes more
select m.first_stanza + f.first_stanza + s.ordinal as n, s.name, s.line, s.header_lines,
       case when pg_column_size(s.settings) <= $16 then s.settings end as settings,
       left(m.first_path, m.prefix_chars) || f.path as path, f.kind, f.conf, f.app, f.scope, f.layer, f.owner
  from manifest_trees m
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
 where m.manifest_id = (select r.manifest_id from run_manifests r where r.run_id = $1)
   and m.ordinal >= (select coalesce(max(e.ordinal), 0)
                       from run_manifests r
                       join manifest_trees e on e.manifest_id = r.manifest_id and e.first_path <= $2
                      where r.run_id = $1)
   and ($2::text is null or left(m.first_path, m.prefix_chars) || f.path collate "C" >= $2)
   and ($5::text is null or f.conf = $5)
   and ($6::text is null or f.app = $6)
   and ($7::text is null or f.scope = $7)
   and ($8::text is null or f.layer = $8)
   and ($15::boolean or f.conf is distinct from 'sourcetypes' and f.app is distinct from 'learned')
   and ($13::bytea = '' and $14::bytea = ''
        or (select c.search_hashes is null
                   or position($13 in c.search_hashes) > 0 and position($14 in c.search_hashes) > 0
              from trees c where c.id = m.tree_id)
           and (select c.search_hashes is null
                       or position($13 in c.search_hashes) > 0 and position($14 in c.search_hashes) > 0
                  from conf_files c where c.id = f.file_id))
 order by m.ordinal, f.ordinal, s.ordinal
 limit $4
