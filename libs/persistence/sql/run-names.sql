-- What a run's files are called, for the answer to a name that it does not have.
-- $1 run
-- Reply: (confs, apps), each in byte order
select coalesce(array_agg(distinct conf collate "C") filter (where kind = 'conf'), '{}') as confs,
       coalesce(array_agg(distinct app collate "C") filter (where app is not null), '{}') as apps
  from run_files
 where run_id = $1 and file_id is not null
