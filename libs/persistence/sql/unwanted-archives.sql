-- Archives that no run has any more, in the order of their keys.
-- $1 only keys behind · $2 rows
-- Reply: (archive_key)
select archive_key from unwanted_archives u
 where archive_key > $1 and not exists (select from runs r where r.archive_key = u.archive_key)
 order by archive_key
 limit $2
