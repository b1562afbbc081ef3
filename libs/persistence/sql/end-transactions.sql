-- Ends the sessions of these holders, and with them their open transactions.
-- $1 application names[]
-- Reply: (ended) for each
select pg_terminate_backend(pid) as ended
  from pg_stat_activity
 where application_name = any($1::text[]) and pid <> pg_backend_pid()
