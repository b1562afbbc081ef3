-- How many stanzas a run has: those before its last file, and those of that file.
-- $1 run
-- Reply: (total) · no row: the run has no manifest (yet)
select f.first_stanza + coalesce(c.stanza_count, 0) as total
  from run_files f
  left join conf_files c on c.id = f.file_id
 where f.run_id = $1
 order by f.path desc
 limit 1
