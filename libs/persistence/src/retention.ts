import type { Database, Transaction } from './database.ts';
import { sqlFile } from './sql-file.ts';

const SQL = {
  runs: sqlFile('expire-runs'),
  attempts: sqlFile('expire-attempts'),
  archives: sqlFile('expire-archives'),
  unwanted: sqlFile('unwanted-archives'),
  gone: 'delete from unwanted_archives where archive_key = any($1::text[]) returning archive_key',
};

/** Rows that one transaction deletes at most: nobody waits long for what it holds. */
const BATCH_ROWS = 500;

/**
 * What is given up because of its age. Each step is one short transaction that leaves alone whatever somebody works on, and
 * only one process takes a step at a time.
 */
export class Retention {
  constructor(private readonly database: Database) {}

  /** Deletes runs that ended this long ago; their ledger goes too, and so does that of runs deleted by hand. */
  async expireRuns(olderThanMs: number): Promise<number> {
    const runs = await this.#untilNone(SQL.runs, olderThanMs);
    await this.#untilNone(SQL.attempts, olderThanMs);
    return runs;
  }

  /** Takes the archives from runs that ended this long ago; returns how many. The runs and their results stay. */
  expireArchives(olderThanMs: number): Promise<number> {
    return this.#untilNone(SQL.archives, olderThanMs);
  }

  /** Keys of the archives that no run has any more, in pages. The rows of their runs went first, so nobody reads them. */
  async *unwantedArchives(): AsyncGenerator<string[]> {
    let last = '';
    for (;;) {
      const rows = await this.database.rows<{ archive_key: string }>(SQL.unwanted, [last, BATCH_ROWS]);
      if (rows.length === 0) return;
      const keys = rows.map(({ archive_key }) => archive_key);
      yield keys;
      last = keys.at(-1) ?? last;
    }
  }

  /** These archives are gone from the blob store; returns how many of them nobody else has said that of before. */
  async archivesGone(keys: readonly string[]): Promise<number> {
    return (await this.database.rows(SQL.gone, [keys])).length;
  }

  async #untilNone(sql: string, olderThanMs: number): Promise<number> {
    let total = 0;
    for (;;) {
      const count = await elected(this.database, async (tx) => {
        const [row] = await tx.rows<{ count: number }>(sql, [olderThanMs, BATCH_ROWS]);
        return row?.count ?? 0;
      });
      total += count ?? 0;
      if ((count ?? 0) < BATCH_ROWS) return total;
    }
  }
}

/** Runs `step` in a transaction, if no other process of the same database takes such a step; returns undefined otherwise. */
export function elected<T>(database: Database, step: (tx: Transaction) => Promise<T>): Promise<T | undefined> {
  return database.transaction(async (tx) => {
    const [row] = await tx.rows<{ elected: boolean }>(
      `select pg_try_advisory_xact_lock(hashtext('confscope.retention')) as elected`,
    );
    return row?.elected ? step(tx) : undefined;
  });
}
