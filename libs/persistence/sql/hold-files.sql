-- The files of these names, kept from being collected until the transaction ends.
-- $1 project · $2 parser version · $3 sha256[] · $4 kind[] · $5 conf[]
-- Reply: (sha256, kind, conf, id) of those that are there
select f.sha256, f.kind, f.conf, f.id
  from unnest($3::text[], $4::text[], $5::text[]) as wanted (sha256, kind, conf)
  join conf_files f using (sha256, kind, conf)
 where f.project_id = $1 and f.parser_version = $2
   for key share of f
