-- Enters the shape of an upload under the name of its content.
-- $1 project · $2 sha256 · $3 document as JSON text
-- Reply: nothing; it is there afterwards
insert into layouts (project_id, sha256, document) values ($1, $2, $3::jsonb) on conflict do nothing
