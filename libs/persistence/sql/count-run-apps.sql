-- How much each folder of a run's files holds. Ignored files are counted apart.
-- $1 run
-- Reply: (path of one of the files, app, scope, owner, files, stanzas, settings, ignored) for each owner of files
select min(f.path) as path, f.app, f.scope, f.owner, count(f.file_id)::int as files,
       coalesce(sum(c.stanza_count), 0)::int as stanzas, coalesce(sum(c.setting_count), 0)::int as settings,
       count(*) filter (where f.kind = 'ignored')::int as ignored
  from run_files f
  left join conf_files c on c.id = f.file_id
 where f.run_id = $1 and f.app is not null
 group by f.app, f.scope, f.owner, left(f.path, length(f.path) - position('/' in reverse(f.path)))
