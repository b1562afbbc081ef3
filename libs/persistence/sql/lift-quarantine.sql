-- Lets an archive be parsed again, with a clean slate.
-- $1 sha256
-- Reply: (sha256) · no row: it was not in quarantine
delete from crashed_archives where sha256 = $1 and quarantined_at is not null returning sha256
