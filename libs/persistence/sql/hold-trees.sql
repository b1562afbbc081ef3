-- The trees of these names, kept from being collected until the transaction ends.
-- $1 project · $2 parser version · $3 names[]
-- Reply: (sha256, id) of those that are there
select sha256, id from trees where project_id = $1 and parser_version = $2 and sha256 = any($3::text[]) for key share
