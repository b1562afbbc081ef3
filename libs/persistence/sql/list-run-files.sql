-- A page of a run's manifest in byte order of the paths. A filter that is null is no filter.
-- $1 run · $2 only paths behind · $3 rows · $4 conf · $5 app · $6 scope · $7 layer · $8 kind · $9 start of the path
-- Reply: the lines with what their parsed files say · none: the run has no manifest (yet)
select f.path, f.conf, f.kind, f.app, f.scope, f.layer, f.owner, f.sha256, f.bytes, f.reused, f.ignored_reason,
       coalesce(c.stanza_count, 0) as stanza_count, coalesce(c.setting_count, 0) as setting_count,
       coalesce(c.diagnostics, '[]') as diagnostics
  from run_files f
  left join conf_files c on c.id = f.file_id
 where f.run_id = $1
   and ($2::text is null or f.path > $2)
   and ($4::text is null or f.conf = $4)
   and ($5::text is null or f.app = $5)
   and ($6::text is null or f.scope = $6)
   and ($7::text is null or f.layer = $7)
   and ($8::text is null or f.kind = $8)
   and ($9::text is null or starts_with(f.path, $9))
 order by f.path
 limit $3
