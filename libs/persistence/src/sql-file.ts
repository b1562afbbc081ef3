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
 * The same for a statement that is run for every upload, and names the columns of its reply: a column that a later schema
 * adds would end its use.
 */
export const preparedSql = (name: string): Prepared => ({ name, text: sqlFile(name) });

/** So many names are looked up without a thought of how. */
const FEW = 16;

/**
 * A statement about this many names: for few of them the plan that the server has kept, which may be of a time when the
 * tables were small; for a batch one of its own.
 */
export const sqlForBatch = (statement: Prepared, names: number): string | Prepared =>
  names <= FEW ? statement : statement.text;
