-- The run whose current task this is.
-- $1 task
-- Reply: the run · no row: no run has it, or the run has a newer one
select * from runs where task_id = $1
