-- How the database itself fares.
-- Reply: one row (bytes, connections, max_connections, deadlocks, oldest_transaction_seconds)
select pg_database_size(datname) as bytes,
       numbackends as connections,
       current_setting('max_connections')::int as max_connections,
       deadlocks,
       (select greatest(0, coalesce(extract(epoch from now() - min(xact_start)), 0))::float8
          from pg_stat_activity where datname = current_database()) as oldest_transaction_seconds
  from pg_stat_database where datname = current_database()
