-- Enters parsed files under the names of their contents, in the order of those names, so that two workers that add the
-- same files wait for each other and never deadlock. Whoever gets an id back fills the file, in the same transaction.
-- An id that somebody else has is an error: a server that was restored, or took over, may give one out a second time.
-- $1 project · $2 parser version · $3 sha256[] · $4 kind[] · $5 conf[] · $6 bytes[] · $7 stanza counts[]
-- $8 setting counts[] · $9 error, $10 warning, $11 info counts[] · $12 diagnostics[] as JSON text
-- $13 what can be found in each, see search-hashes.ts, one behind the other · $14 the first byte of each, from 1, or null
-- $15 bytes of each or null · $16 ids, as `known-files` gave them
-- Reply: (id) of the files that are new
insert into conf_files (id, project_id, parser_version, sha256, kind, conf, bytes, stanza_count, setting_count,
                        error_count, warning_count, info_count, diagnostics, search_hashes)
select f.id, $1, $2, f.sha256, f.kind, f.conf, f.bytes, f.stanza_count, f.setting_count,
       f.error_count, f.warning_count, f.info_count, f.diagnostics::jsonb, substr($13::bytea, f.hashes_at, f.hash_bytes)
  from unnest($3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[], $11::int[],
              $12::text[], $14::int[], $15::int[], $16::bigint[])
       as f (sha256, kind, conf, bytes, stanza_count, setting_count, error_count, warning_count, info_count, diagnostics,
             hashes_at, hash_bytes, id)
 order by f.sha256, f.kind, f.conf
on conflict on constraint conf_files_content_key do nothing
returning id
