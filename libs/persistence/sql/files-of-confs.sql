-- The parsed files of some confs of a run.
-- $1 run · $2 conf names[] · $3 whether metadata is wanted too
-- Reply: (path, kind, conf, app, scope, layer, owner, file_id)
select path, kind, conf, app, scope, layer, owner, file_id
  from run_files
 where run_id = $1 and file_id is not null and (conf = any($2::text[]) or ($3 and kind = 'meta'))
