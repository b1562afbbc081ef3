-- A page of the findings in a run's files: files in byte order of their paths, findings in the order of their lines, read
-- until the page is full, from the tree of the last finding seen. The planner sees that order only when the manifest and
-- the start are known before the trees are read: they are queries of their own. A filter that is null is no filter.
-- $1 run · $2 path of the last finding seen or null · $3 its number in the file or 0 · $4 rows · $5 severity · $6 code
-- $7 app · $8 conf
-- Reply: findings with their number in the file, from 1, and their file
select left(m.first_path, m.prefix_chars) || f.path as path, f.kind, f.conf, f.app, f.scope, f.layer, f.owner,
       d.n::int as n, d.finding
  from manifest_trees m
  join tree_files f on f.tree_id = m.tree_id
  join conf_files c on c.id = f.file_id
 cross join lateral jsonb_array_elements(c.diagnostics) with ordinality as d (finding, n)
 where m.manifest_id = (select r.manifest_id from run_manifests r where r.run_id = $1)
   and m.ordinal >= (select coalesce(max(e.ordinal), 0)
                       from run_manifests r
                       join manifest_trees e on e.manifest_id = r.manifest_id and e.first_path <= $2
                      where r.run_id = $1)
   and c.error_count + c.warning_count + c.info_count > 0
   and ($2::text is null
        or left(m.first_path, m.prefix_chars) || f.path collate "C" > $2
        or left(m.first_path, m.prefix_chars) || f.path = $2 and d.n > $3::int)
   and ($5::text is null or d.finding ->> 'severity' = $5)
   and ($6::text is null or d.finding ->> 'code' = $6)
   and ($7::text is null or f.app = $7)
   and ($8::text is null or f.conf = $8)
 order by m.ordinal, f.ordinal, d.n
 limit $4
