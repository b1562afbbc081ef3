-- One stanza by its number. Files that hold no stanza share their number with the file behind them, so the stanza's file
-- is the last one that does not start behind it.
-- $1 run · $2 number
-- Reply: the stanza with its number and its file · no row: the run has none of this number
select f.first_stanza + s.ordinal as n, s.name, s.line, s.header_lines, s.settings,
       f.path, f.kind, f.conf, f.app, f.scope, f.layer, f.owner
  from (select * from run_files where run_id = $1 and first_stanza <= $2::bigint order by path desc limit 1) f
  join stanzas s on s.file_id = f.file_id and s.ordinal = $2::bigint - f.first_stanza
