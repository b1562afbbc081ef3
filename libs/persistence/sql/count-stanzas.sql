-- How many stanzas a run has. What is not counted is looked for tree by tree: to the planner a scan of all trees of all runs
-- would look cheaper.
-- $1 run · $2 whether what Splunk writes by itself is counted: sourcetypes.conf and the app learned
-- Reply: (total) · no row: the run has no manifest (yet)
select m.stanza_count - case when $2::boolean then 0 else (
         select coalesce(sum(c.stanza_count), 0)::int
           from manifest_trees t
          cross join lateral (
            select f.file_id
              from tree_files f
             where f.tree_id = t.tree_id and (f.conf = 'sourcetypes' or f.app = 'learned')
            offset 0
          ) f
           join conf_files c on c.id = f.file_id
          where t.manifest_id = m.id) end as total
  from run_manifests r
  join manifests m on m.id = r.manifest_id
 where r.run_id = $1
