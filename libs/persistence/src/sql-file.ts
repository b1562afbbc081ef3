import { readFileSync } from 'node:fs';

/** Reads one statement of `libs/persistence/sql`. Read once, when the module that uses it loads. */
export function sqlFile(name: string): string {
  return readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');
}
