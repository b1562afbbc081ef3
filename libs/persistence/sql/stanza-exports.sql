-- What metadata files say of exports: nothing else of them is asked when confs are merged.
-- $1 files[]
-- Reply: (file_id, ordinal, name, line, settings) in no order, the settings of the key alone
select file_id, ordinal, name, line, jsonb_path_query_array(settings, 'strict $[*] ? (@[0] == "export")') as settings
  from stanzas
 where file_id = any($1::bigint[]) and settings @> '[["export"]]'
