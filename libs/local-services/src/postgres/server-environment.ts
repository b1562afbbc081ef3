import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * The environment of PostgreSQL's programs: PG* variables of the user's shell (PGDATA, PGPORT, …) would change what they do,
 * and macOS wants a valid locale named. Programs that were unpacked and not installed find the libraries beside them.
 */
export function serverEnvironment(binaries: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  const [, root = ''] = /^(.+)\/usr\/lib\/postgresql\//.exec(binaries) ?? [];
  const libraries = root === '' ? [] : librariesIn(path.join(root, 'usr/lib'));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    ...(libraries.length > 0 ? { LD_LIBRARY_PATH: libraries.join(':') } : {}),
  };
}

const librariesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.includes('-linux-'))
        .map((name) => path.join(folder, name))
    : [];
