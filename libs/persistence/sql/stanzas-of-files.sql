-- The stanzas of some files.
-- $1 files[] · $2 only stanzas of these names[], or null
-- Reply: (file_id, ordinal, name, line, settings) in no order
select file_id, ordinal, name, line, settings
  from stanzas
 where file_id = any($1::bigint[]) and ($2::text[] is null or name = any($2))
