-- Keeps trees from being collected until the transaction ends.
-- $1 trees[]
-- Reply: (id) of those that are there
select id from trees where id = any($1::bigint[]) for key share
