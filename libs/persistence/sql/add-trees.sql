-- Enters trees under the names of their contents, in the order of those names, so that two workers that add the same
-- trees wait for each other and never deadlock. Whoever gets an id back fills the tree, in the same transaction. What can
-- be found in a tree is what can be found in its files, unless one of them is not known or all are more than a megabyte.
-- `offset 0` looks every file up by itself, whatever the planner thinks of a table that was filled a moment ago.
-- $1 project · $2 parser version · $3 names[] · $4 file counts[] · $5 stanza counts[] · $6 parsed files[] of all trees
-- $7 the place of each one's tree in the lists, from 1
-- Reply: (id, sha256) of the trees that are new
insert into trees (project_id, parser_version, sha256, file_count, stanza_count, search_hashes)
select $1, $2, t.sha256, t.file_count, t.stanza_count, case when h.place is null then '' else h.search_hashes end
  from unnest($3::text[], $4::int[], $5::int[]) with ordinality as t (sha256, file_count, stanza_count, place)
  left join (
    select f.place, case when bool_and(c.search_hashes is not null) and sum(length(c.search_hashes)) <= 1048576
                         then string_agg(c.search_hashes, '') end as search_hashes
      from unnest($6::bigint[], $7::int[]) as f (file_id, place)
     cross join lateral (select c.search_hashes from conf_files c where c.id = f.file_id offset 0) c
     group by f.place
  ) h using (place)
 order by t.sha256
on conflict do nothing
returning id, sha256
