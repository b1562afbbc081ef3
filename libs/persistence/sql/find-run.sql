-- One run.
-- $1 run
-- Reply: the run · no row: there is none
select * from runs where id = $1
