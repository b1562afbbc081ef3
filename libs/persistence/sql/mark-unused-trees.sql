-- Writes into a page of trees whether anything uses them: since now nothing does, or something does (again). What names them
-- is read once for the whole page.
-- $1 only ids behind · $2 rows
-- Reply: (last_id, count) of the page · last_id null: there is no row behind
with page as materialized (
  select id, unused_since from trees where id > $1 order by id limit $2
), used as materialized (
  select distinct p.id from page p
    join manifest_trees e on e.tree_id = p.id
    join manifests m on m.id = e.manifest_id and m.unused_since is null
), changed as (
  select p.id, u.id is not null as used from page p left join used u using (id)
   where (u.id is not null) = (p.unused_since is not null)
), held as (
  select c.id, h.used from trees c join changed h using (id) order by c.id for no key update of c skip locked
), marked as (
  update trees c set unused_since = case when h.used then null else clock_timestamp() end from held h where c.id = h.id
)
select max(id) as last_id, count(*)::int as count from page
