-- Which of these files are parsed already. A file that waits to be collected is in use again from here on; one that is
-- being collected at this very moment is not known.
-- `offset 0` looks every name up by itself, whatever the planner thinks of a table that was filled a moment ago.
-- $1 project · $2 parser version · $3 sha256[] · $4 kind[] · $5 conf[]
-- Reply: (sha256, kind, conf, id, stanza_count, setting_count, error_count, warning_count, info_count) of the known
with found as materialized (
  select f.*
    from unnest($3::text[], $4::text[], $5::text[]) as wanted (sha256, kind, conf)
   cross join lateral (
     select f.sha256, f.kind, f.conf, f.id, f.stanza_count, f.setting_count, f.error_count, f.warning_count, f.info_count,
            f.unused_since
       from conf_files f
      where f.project_id = $1 and f.parser_version = $2
        and f.sha256 = wanted.sha256 and f.kind = wanted.kind and f.conf = wanted.conf
     offset 0) f
), held as (
  select f.id from conf_files f
   where f.id = any(array(select id from found where unused_since is not null))
   order by f.id for no key update
), revived as (
  update conf_files f set unused_since = null from held h where f.id = h.id returning f.id
)
select sha256, kind, conf, id, stanza_count, setting_count, error_count, warning_count, info_count
  from found
 where unused_since is null or id in (select id from revived)
