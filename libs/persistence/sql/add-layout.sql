-- Enters the shape of an upload under the name of its content.
-- $1 project · $2 sha256 · $3 document as JSON text
-- Reply: nothing; it was there at the end, and may be collected until it is held
insert into layouts (project_id, sha256, document) values ($1, $2, $3::jsonb) on conflict do nothing
