-- Which of these files are parsed already.
-- $1 project · $2 parser version · $3 sha256[] · $4 kind[] · $5 conf[]
-- Reply: (sha256, kind, conf, id, stanza_count, setting_count, error_count, warning_count, info_count) of the known
select f.sha256, f.kind, f.conf, f.id, f.stanza_count, f.setting_count, f.error_count, f.warning_count, f.info_count
  from unnest($3::text[], $4::text[], $5::text[]) as wanted (sha256, kind, conf)
  join conf_files f using (sha256, kind, conf)
 where f.project_id = $1 and f.parser_version = $2
