-- All stanzas of some files.
-- $1 files[]
-- Reply: (file_id, name, line, settings) in the order of each file
select file_id, name, line, settings from stanzas where file_id = any($1::bigint[]) order by file_id, ordinal
