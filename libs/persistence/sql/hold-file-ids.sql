-- Keeps files from being collected until the transaction ends.
-- $1 files[]
-- Reply: (id) of those that are there
select id from conf_files where id = any($1::bigint[]) for key share
