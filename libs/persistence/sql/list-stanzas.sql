-- A page of a run's stanzas: files in byte order of their paths, stanzas in the order of their file, which is the order
-- of their numbers. The page starts at the file of the last stanza seen, so that a later page costs no more than the
-- first. Each file is searched only until it has given a whole page. A filter that is null is no filter; key and value
-- speak of one and the same setting.
-- $1 run · $2 path of the last stanza seen or null · $3 its number or -1 · $4 rows · $5 conf · $6 app · $7 scope
-- $8 layer · $9 name · $10 key · $11 value · $12 text that a name, key or value contains, in any case
-- Reply: stanzas with their number and their file
select f.first_stanza + s.ordinal as n, s.name, s.line, s.header_lines, s.settings,
       f.path, f.kind, f.conf, f.app, f.scope, f.layer, f.owner
  from run_files f
 cross join lateral (
   select t.ordinal, t.name, t.line, t.header_lines, t.settings
     from stanzas t
    where t.file_id = f.file_id
      and t.ordinal > $3::int - f.first_stanza
      and ($9::text is null or t.name = $9)
      and ($10::text is null and $11::text is null or jsonb_path_exists(
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
 where f.run_id = $1
   and ($2::text is null or f.path >= $2)
   and ($5::text is null or f.conf = $5)
   and ($6::text is null or f.app = $6)
   and ($7::text is null or f.scope = $7)
   and ($8::text is null or f.layer = $8)
 order by f.path, s.ordinal
 limit $4
