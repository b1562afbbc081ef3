-- Which of these trees are stored already, and what their files hold together.
-- $1 project · $2 parser version · $3 names[]
-- Reply: (sha256, id, file_count, stanza_count, ignored, conf_files, conf_stanzas, conf_settings, meta_files,
--         meta_stanzas, meta_settings, errors, warnings, infos) of the known
select t.sha256, t.id, t.file_count, t.stanza_count, s.*
  from trees t
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
 where t.project_id = $1 and t.parser_version = $2 and t.sha256 = any($3::text[])
