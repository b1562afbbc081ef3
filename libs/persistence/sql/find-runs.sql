-- Some runs.
-- $1 run[]
-- Reply: those that exist
select * from runs where id = any($1::bigint[])
