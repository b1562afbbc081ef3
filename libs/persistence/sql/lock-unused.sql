-- Takes hold of content that nothing has used for long, so that nobody can begin to use it before the transaction ends.
-- Rows that somebody holds are left for the next time. What an attempt has looked up is in its memory alone, so nothing
-- goes that was marked while the oldest of the attempts in progress ran. `content_table` stands for the table.
-- $1 least time unused in ms · $2 least time between the mark and the start of the oldest attempt in ms
-- $3 only ids behind · $4 rows
-- Reply: (id)
select id from content_table
 where unused_since <= now() - $1 * interval '1 ms'
   and unused_since < coalesce((select min(started_at) from runs where status = 'parsing'), 'infinity')
                      - $2 * interval '1 ms'
   and id > $3
 order by id
 limit $4
   for update skip locked
