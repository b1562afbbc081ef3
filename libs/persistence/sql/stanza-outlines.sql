-- The stanzas of some files with their keys alone.
-- $1 files[] · $2 only stanzas of these names[], or null
-- Reply: (file_id, ordinal, name, line, keys) in no order
select file_id, ordinal, name, line, jsonb_path_query_array(settings, 'strict $[*][0]') as keys
  from stanzas
 where file_id = any($1::bigint[]) and ($2::text[] is null or name = any($2))
