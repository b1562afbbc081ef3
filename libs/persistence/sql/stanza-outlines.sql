-- The stanzas of some files with their keys alone, which are text to whoever reads it: most are counted and never read.
-- $1 files[] · $2 only stanzas of these names[], or null
-- Reply: (file_id, ordinal, name, line, key_count, keys as JSON text) in no order
select file_id, ordinal, name, line, jsonb_array_length(settings) as key_count,
       jsonb_path_query_array(settings, 'strict $[*][0]')::text as keys
  from stanzas
 where file_id = any($1::bigint[]) and ($2::text[] is null or name = any($2))
