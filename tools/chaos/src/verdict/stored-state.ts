import type { System } from '../system/system.ts';

/** A question to PostgreSQL whose answer has to be no rows; each row names what is wrong in its column `what`. */
interface Rule {
  broken: 'doubled' | 'orphaned';
  sql: string;
}

const RULES: readonly Rule[] = [
  {
    broken: 'doubled',
    sql: `select format('run %s was published by %s attempts', run_id, count(*)) as what
            from attempts where outcome = 'complete' group by run_id having count(*) > 1`,
  },
  {
    broken: 'doubled',
    sql: `select format('run %s is complete, and attempt %s, which holds the fence, did not publish it', r.id, r.attempt) as what
            from runs r left join attempts a on a.run_id = r.id and a.attempt = r.attempt
           where r.status = 'complete' and a.outcome is distinct from 'complete'`,
  },
  {
    broken: 'doubled',
    sql: `select format('a key has the runs %s', string_agg(id::text, ', ')) as what
            from runs where idempotency_key is not null group by idempotency_key having count(*) > 1`,
  },
  {
    broken: 'doubled',
    sql: `select format('file %s holds %s stanzas and says %s', f.id, count(s.ordinal), f.stanza_count) as what
            from conf_files f left join stanzas s on s.file_id = f.id
           group by f.id having count(s.ordinal) <> f.stanza_count or coalesce(max(s.ordinal) + 1, 0) <> f.stanza_count`,
  },
  {
    broken: 'orphaned',
    sql: `select format('file %s has stanzas and no name', s.file_id) as what
            from stanzas s where not exists (select from conf_files f where f.id = s.file_id) group by s.file_id`,
  },
  {
    broken: 'orphaned',
    sql: `select format('run %s is %s and has a manifest', r.id, r.status) as what
            from runs r where r.status <> 'complete' and exists (select from run_files m where m.run_id = r.id)`,
  },
  {
    broken: 'orphaned',
    sql: `select format('the manifest of run %s has no run', m.run_id) as what
            from run_files m where not exists (select from runs r where r.id = m.run_id) group by m.run_id`,
  },
  {
    broken: 'orphaned',
    sql: `select format('a manifest names the file %s, which is not there', m.file_id) as what
            from run_files m where m.file_id is not null and not exists (select from conf_files f where f.id = m.file_id)`,
  },
  {
    broken: 'orphaned',
    sql: `select format('attempt %s of run %s never ended', attempt, run_id) as what from attempts where ended_at is null`,
  },
  {
    broken: 'orphaned',
    sql: `select format('session %s is idle in a transaction: %s', pid, left(query, 60)) as what
            from pg_stat_activity
           where datname = current_database() and state like 'idle in transaction%' and state_change < now() - interval '10 s'`,
  },
];

/** What PostgreSQL holds that it must not. */
export async function faultsOfStoredState(system: System): Promise<Record<Rule['broken'], string[]>> {
  const found: Record<Rule['broken'], string[]> = { doubled: [], orphaned: [] };
  for (const { broken, sql } of RULES)
    found[broken].push(...(await system.rows<{ what: string }>(sql)).map(({ what }) => what));
  return found;
}
