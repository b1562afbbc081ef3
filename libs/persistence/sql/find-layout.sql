-- The shape of a run's upload.
-- $1 run
-- Reply: (document) · no row: it is not known
select l.document from runs r join layouts l on l.id = r.layout_id where r.id = $1
