-- The dispatch index knows of these runs now. A fast worker may have claimed one already: then it did know of it. They are
-- locked in the order of their ids, as everybody does who locks several.
-- $1 run[] · $2 task id[]
update runs r set dispatched_at = now()
  from (select r.id
          from unnest($1::bigint[], $2::uuid[]) as d (id, task_id)
          join runs r using (id, task_id)
         order by r.id
           for no key update of r) d
 where r.id = d.id
