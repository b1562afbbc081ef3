-- Uploads whose service has fallen silent: it died, or was cut off, while it received them.
-- $1 silence in ms
-- Reply: (id)
select id from runs where status = 'pending' and last_heartbeat < now() - $1 * interval '1 ms' order by id
