-- The files of trees.
-- $1 trees[]
-- Reply: (tree_id, ordinal, file_id, stanza_count) in the order of the trees' paths
select f.tree_id, f.ordinal, f.file_id, coalesce(c.stanza_count, 0) as stanza_count
  from tree_files f
  left join conf_files c on c.id = f.file_id
 where f.tree_id = any($1::bigint[])
 order by f.tree_id, f.ordinal
