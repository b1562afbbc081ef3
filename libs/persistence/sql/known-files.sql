-- Which of these files are parsed already, and ids for the others, in their order: whoever parses a file can write down its
-- rows at once. A file that waits to be collected is in use again from here on; one that is being collected at this very
-- moment is not known.
-- `offset 0` looks every name up by itself, whatever the planner thinks of a table that was filled a moment ago.
-- $1 project · $2 parser version · $3 sha256[] · $4 kind[] · $5 conf[]
-- Reply: (id, stanza_count, setting_count, error_count, warning_count, info_count) of each, in order; without counts for
--        those that are not known
with wanted as (
  select * from unnest($3::text[], $4::text[], $5::text[]) with ordinality as w (sha256, kind, conf, place)
), found as materialized (
  select w.place, f.*
    from wanted w
   cross join lateral (
     select f.id, f.stanza_count, f.setting_count, f.error_count, f.warning_count, f.info_count, f.unused_since
       from conf_files f
      where f.project_id = $1 and f.parser_version = $2
        and f.sha256 = w.sha256 and f.kind = w.kind and f.conf = w.conf
     offset 0) f
), held as (
  select f.id from conf_files f
   where f.id = any(array(select id from found where unused_since is not null))
   order by f.id for no key update
), revived as (
  update conf_files f set unused_since = null from held h where f.id = h.id returning f.id
)
select coalesce(f.id, nextval('conf_files_id_seq')) as id,
       f.stanza_count, f.setting_count, f.error_count, f.warning_count, f.info_count
  from wanted w
  left join (select * from found where unused_since is null or id in (select id from revived)) f using (place)
 order by w.place
