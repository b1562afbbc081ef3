-- The archives in quarantine, the latest first.
-- $1 sha256 or null for all · $2 rows
-- Reply: (sha256, crashes, run_id, error_type, error_message, last_crash_at, quarantined_at)
select sha256, crashes, run_id, error_type, error_message, last_crash_at, quarantined_at
  from crashed_archives
 where quarantined_at is not null and ($1::text is null or sha256 = $1)
 order by quarantined_at desc, sha256
 limit $2
