-- Names the shape of its upload in a run that is being parsed.
-- $1 run · $2 attempt · $3 layout
-- Reply: (id) · no row: the attempt was fenced off
update runs set layout_id = $3 where id = $1 and attempt = $2 and status = 'parsing' returning id
