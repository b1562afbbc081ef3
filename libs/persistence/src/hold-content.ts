import type { Transaction } from './database.ts';
import { type Prepared, sqlForBatch } from './sql-file.ts';

/**
 * Content that an attempt looked up has been collected since. It happens to an attempt that was given up and goes on all
 * the same; whoever tries again finds what is there now.
 */
export class ContentCollected extends Error {
  override readonly name = 'ContentCollected';

  constructor(what: string) {
    super(`${what} that this attempt had looked up was collected meanwhile; another attempt will store it anew.`);
  }
}

/**
 * Keeps content of these ids from being collected until the transaction ends.
 *
 * @throws ContentCollected when one of them is not there any more
 */
export async function holdAll(
  tx: Transaction,
  sql: Prepared,
  ids: readonly (number | null)[],
  what: string,
): Promise<void> {
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return;
  const rows = await tx.rows(sqlForBatch(sql, distinct.length), [distinct]);
  if (rows.length < distinct.length) throw new ContentCollected(what);
}
