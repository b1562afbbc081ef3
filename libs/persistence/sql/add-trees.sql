-- Enters trees under the names of their contents, in the order of those names, so that two workers that add the same
-- trees wait for each other and never deadlock, and fills those that are new. What can be found in a tree is what can be
-- found in its files, unless one of them is not known or all are more than a megabyte.
-- `offset 0` looks every file up by itself, whatever the planner thinks of a table that was filled a moment ago.
-- $1 project · $2 parser version · $3 names[] · $4 file counts[] · $5 stanza counts[]
-- $6 distinct files[] to be kept from being collected until the transaction ends
-- The lines of all trees: $7 the place of the tree in the lists[], from 1 · $8 ordinals[] · $9 paths[] · $10 files[]
-- $11 stanzas before each[] · $12 kind[] · $13 conf[] · $14 app[] · $15 scope[] · $16 layer[] · $17 owner[]
-- $18 bytes[] and $19 reasons[] of the ignored
-- Reply: (id, sha256) of the trees that are new, held: how many of the files of $6 are there
with held as materialized (
  select id from conf_files where id = any($6::bigint[]) for key share
), lines as materialized (
  select *
    from unnest($7::int[], $8::int[], $9::text[], $10::bigint[], $11::int[], $12::text[], $13::text[], $14::text[],
                $15::text[], $16::text[], $17::text[], $18::bigint[], $19::text[])
         as l (place, ordinal, path, file_id, first_stanza, kind, conf, app, scope, layer, owner, ignored_bytes,
               ignored_reason)
), added as (
  insert into trees (project_id, parser_version, sha256, file_count, stanza_count, search_hashes)
  select $1, $2, t.sha256, t.file_count, t.stanza_count, case when h.place is null then '' else h.search_hashes end
    from unnest($3::text[], $4::int[], $5::int[]) with ordinality as t (sha256, file_count, stanza_count, place)
    left join (
      select l.place, case when bool_and(c.search_hashes is not null) and sum(length(c.search_hashes)) <= 1048576
                           then string_agg(c.search_hashes, '') end as search_hashes
        from lines l
       cross join lateral (select c.search_hashes from conf_files c where c.id = l.file_id offset 0) c
       group by l.place
    ) h using (place)
   order by t.sha256
  on conflict do nothing
  returning id, sha256
), filled as (
  insert into tree_files (tree_id, ordinal, path, file_id, first_stanza, kind, conf, app, scope, layer, owner,
                          ignored_bytes, ignored_reason)
  select a.id, l.ordinal, l.path, l.file_id, l.first_stanza, l.kind, l.conf, l.app, l.scope, l.layer, l.owner,
         l.ignored_bytes, l.ignored_reason
    from added a
    join unnest($3::text[]) with ordinality as t (sha256, place) using (sha256)
    join lines l using (place)
)
select id, sha256, (select count(*) from held)::int as held from added
