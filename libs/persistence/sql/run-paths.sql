-- The paths of a run's files, ignored ones too.
-- $1 run
-- Reply: (path)
select path from run_files where run_id = $1
