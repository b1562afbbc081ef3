-- How many findings of each code a run's files have.
-- $1 run · $2 severity · $3 code · $4 app · $5 conf, each a filter unless it is null
-- Reply: (code, severity, count), the most severe and then the most frequent first
select d.finding ->> 'code' as code, d.finding ->> 'severity' as severity, count(*)::int as count
  from run_files f
  join conf_files c on c.id = f.file_id
 cross join lateral jsonb_array_elements(c.diagnostics) as d (finding)
 where f.run_id = $1
   and c.error_count + c.warning_count + c.info_count > 0
   and ($2::text is null or d.finding ->> 'severity' = $2)
   and ($3::text is null or d.finding ->> 'code' = $3)
   and ($4::text is null or f.app = $4)
   and ($5::text is null or f.conf = $5)
 group by 1, 2
 order by array_position(array['error', 'warning', 'info'], d.finding ->> 'severity'), 3 desc, 1
