-- Enters a manifest under the name of its content, and fills it if it is new; its trees are kept from being collected until
-- the transaction ends.
-- $1 project · $2 name · $3 files · $4 stanzas
-- Its trees in order: $5 ids[] · $6 first paths[] · $7 prefix characters[] · $8 files before[] · $9 stanzas before[]
-- Reply: (held): how many of the distinct trees are there · no row: somebody else has entered it
with held as materialized (
  select id from trees where id = any($5::bigint[]) for key share
), added as (
  insert into manifests (project_id, sha256, file_count, stanza_count) values ($1, $2, $3, $4)
  on conflict do nothing
  returning id
), filled as (
  insert into manifest_trees (manifest_id, ordinal, first_path, prefix_chars, tree_id, first_file, first_stanza)
  select a.id, t.place - 1, t.first_path, t.prefix_chars, t.tree_id, t.first_file, t.first_stanza
    from added a
   cross join unnest($5::bigint[], $6::text[], $7::int[], $8::int[], $9::int[])
              with ordinality as t (tree_id, first_path, prefix_chars, first_file, first_stanza, place)
)
select (select count(*) from held)::int as held from added
