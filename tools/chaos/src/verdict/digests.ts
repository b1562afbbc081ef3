import type { System } from '../system/system.ts';

/** What is stored of a system, as hashes that do not depend on ids, times or on who parsed what first. */
export interface Digests {
  /** By run: the whole manifest with everything that is stored of its files. */
  runs: ReadonlyMap<number, string>;
  /** By content name: everything that is stored of a parsed file. */
  files: ReadonlyMap<string, string>;
}

// Rows are taken whole, so that a column that is added later is compared too.
const FILES = `
  create temporary table file_digests as
  select f.id, concat_ws('/', f.sha256, f.kind, f.conf) as name,
         md5((to_jsonb(f) - 'id')::text || coalesce(
           (select string_agg((to_jsonb(s) - 'file_id')::text, chr(10) order by s.ordinal) from stanzas s where s.file_id = f.id),
           '')) as digest
    from conf_files f`;

const RUNS = `
  select r.id::int as id,
         md5((r.metrics - 'duration_seconds' - 'retry_count' - 'files_reused')::text ||
             string_agg((to_jsonb(m) - 'run_id' - 'file_id' - 'reused')::text || coalesce(f.digest, ''), chr(10) order by m.path)) as digest
    from runs r
    join run_files m on m.run_id = r.id
    left join file_digests f on f.id = m.file_id
   group by r.id`;

/** Hashes everything that the runs of a system have stored. */
export async function digestsOf(system: System): Promise<Digests> {
  const client = await system.database.connect();
  try {
    await client.query(FILES);
    await client.query('create unique index on file_digests (id)');
    const files = await client.query<{ name: string; digest: string }>('select name, digest from file_digests');
    const runs = await client.query<{ id: number; digest: string }>(RUNS);
    await client.query('drop table file_digests');
    return {
      files: new Map(files.rows.map(({ name, digest }) => [name, digest])),
      runs: new Map(runs.rows.map(({ id, digest }) => [id, digest])),
    };
  } finally {
    client.release();
  }
}
