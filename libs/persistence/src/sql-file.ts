import { readFileSync } from 'node:fs';

/** A statement that the server parses once for each connection. */
export interface Prepared {
  name: string;
  text: string;
}

/**
 * Reads one statement of `libs/persistence/sql`. Read once, when the module that uses it loads. The lines of comment before
 * it stay behind: they would be sent with every call, and traces name a statement by its first word.
 */
export function sqlFile(name: string): string {
  const text = readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');
  return text.replace(/^(?:--.*\n|\s*\n)+/, '');
}

/**
 * The same for a statement of the life of a run. It names the columns of its reply: a column that a later schema adds would
 * end its use.
 */
export const preparedSql = (name: string): Prepared => ({ name, text: sqlFile(name) });

/** Up to this many names, a plan that was kept may be used. */
const FEW = 16;

/**
 * A statement about this many names. A plan that the server has kept may be of a time when the tables were small, and scan
 * them; statistics end it, at the latest a minute or two later. For few names that does no harm, a batch is planned anew.
 */
export const sqlForBatch = (statement: Prepared, names: number): string | Prepared =>
  names <= FEW ? statement : statement.text;
