-- Ends the sessions of these holders in this database, and with them their open transactions. Another database of the server
-- may have attempts of the same name.
-- $1 application names[]
-- Reply: (ended) for each
select pg_terminate_backend(pid) as ended
  from pg_stat_activity
 where application_name = any($1::text[]) and datname = current_database() and pid <> pg_backend_pid()
