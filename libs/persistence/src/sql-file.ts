import { readFileSync } from 'node:fs';

/**
 * Reads one statement of `libs/persistence/sql`. Read once, when the module that uses it loads. The lines of comment before
 * it stay behind: they would be sent with every call, and traces name a statement by its first word.
 */
export function sqlFile(name: string): string {
  const text = readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');
  return text.replace(/^(?:--.*\n|\s*\n)+/, '');
}
