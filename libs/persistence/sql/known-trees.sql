-- Which of these trees are stored already, and what their files hold together. A tree that waits to be collected is in use
-- again from here on; one that is being collected at this very moment is not known.
-- $1 project · $2 parser version · $3 names[]
-- Reply: (sha256, id, file_count, stanza_count, ignored, conf_files, conf_stanzas, conf_settings, meta_files,
--         meta_stanzas, meta_settings, errors, warnings, infos) of the known
with found as materialized (
  select t.sha256, t.id, t.file_count, t.stanza_count, t.unused_since
    from trees t
   where t.project_id = $1 and t.parser_version = $2 and t.sha256 = any($3::text[])
), held as (
  select t.id from trees t
   where t.id = any(array(select id from found where unused_since is not null))
   order by t.id for no key update
), revived as (
  update trees t set unused_since = null from held h where t.id = h.id returning t.id
)
select t.sha256, t.id, t.file_count, t.stanza_count, s.*
  from found t
 cross join lateral (
   select count(*) filter (where f.kind = 'ignored')::int as ignored,
          count(*) filter (where f.kind = 'conf')::int as conf_files,
          coalesce(sum(c.stanza_count) filter (where f.kind = 'conf'), 0)::int as conf_stanzas,
          coalesce(sum(c.setting_count) filter (where f.kind = 'conf'), 0)::int as conf_settings,
          count(*) filter (where f.kind = 'meta')::int as meta_files,
          coalesce(sum(c.stanza_count) filter (where f.kind = 'meta'), 0)::int as meta_stanzas,
          coalesce(sum(c.setting_count) filter (where f.kind = 'meta'), 0)::int as meta_settings,
          coalesce(sum(c.error_count), 0)::int as errors, coalesce(sum(c.warning_count), 0)::int as warnings,
          coalesce(sum(c.info_count), 0)::int as infos
     from tree_files f
     left join conf_files c on c.id = f.file_id
    where f.tree_id = t.id
 ) s
 where t.unused_since is null or t.id in (select id from revived)
