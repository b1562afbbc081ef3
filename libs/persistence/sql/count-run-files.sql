-- How many lines a run's manifest has.
-- $1 run
-- Reply: (total)
select count(*)::int as total from run_files where run_id = $1
