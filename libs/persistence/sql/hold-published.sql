-- The layout and the manifest of these names, kept from being collected or deleted until the transaction ends.
-- $1 project · $2 sha256 of the layout, or null · $3 name of the manifest
-- Reply: (layout, manifest), ids · null for what is not there
with layout as (
  select id from layouts where project_id = $1 and sha256 = $2 for key share
), manifest as (
  select id from manifests where project_id = $1 and sha256 = $3 for key share
)
select (select id from layout) as layout, (select id from manifest) as manifest
