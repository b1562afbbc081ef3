-- The manifest of this name, kept from being deleted until the transaction ends.
-- $1 project · $2 name
-- Reply: (id) · no row: there is none
select id from manifests where project_id = $1 and sha256 = $2 for key share
