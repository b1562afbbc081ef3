-- How long a run takes these days.
-- $1 how many of the latest complete runs to look at
-- Reply: (seconds) · null: no run is complete
select avg((metrics ->> 'duration_seconds')::float8) as seconds
  from (select metrics from runs where status = 'complete' order by id desc limit $1) latest
