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
 * The same for a statement that is run for every upload. Only for those whose best plan does not depend on their
 * parameters, and that name the columns of their reply: a column that a later schema adds would end their use.
 */
export const preparedSql = (name: string): Prepared => ({ name, text: sqlFile(name) });
