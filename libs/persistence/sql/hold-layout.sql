-- The layout of this name, kept from being collected until the transaction ends.
-- $1 project · $2 sha256
-- Reply: (id) · no row: there is none
select id from layouts where project_id = $1 and sha256 = $2 for key share
