import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { hasApt, unpackFromApt } from '../unpack-from-apt.ts';
import { serverEnvironment } from './server-environment.ts';

const OLDEST = 15;
const PROGRAMS = ['initdb', 'pg_ctl', 'postgres', 'pg_dump', 'pg_restore'];
/** Where packages put the programs of one major version each. */
const FOLDERS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];

/**
 * A whole PostgreSQL 15 or newer of this machine, server and tools of one version: an installed one, else one fetched
 * with the system's package manager into `toolsDir`. What `npm ci` brings is a server without tools.
 *
 * @returns the folder whose `bin` holds the programs
 * @throws an error with the commands to type when there is no way
 */
export async function findPostgresTools(toolsDir: string): Promise<string> {
  const root = path.join(toolsDir, 'postgresql');
  const unpacked = path.join(root, 'usr/lib/postgresql');
  const found = await firstWhole([...FOLDERS, unpacked]);
  if (found !== undefined) return found;
  if (process.platform === 'linux' && hasApt()) await unpackFromApt(root, { package: 'postgresql', usualPackages: [] });
  const fetched = await firstWhole([unpacked]);
  if (fetched !== undefined) return fetched;
  throw new Error(
    `Backups are tested with pg_dump and a server of PostgreSQL ${OLDEST} or newer, which is not installed. Install it: "sudo apt-get install postgresql" or "brew install postgresql@17".`,
  );
}

async function firstWhole(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders.filter(existsSync))
    for (const name of readdirSync(folder).toSorted().reverse()) {
      const candidate = path.join(folder, name);
      if (await isWhole(candidate)) return candidate;
    }
  return undefined;
}

async function isWhole(folder: string): Promise<boolean> {
  const files = PROGRAMS.map((program) => path.join(folder, 'bin', program));
  if (!files.every(existsSync)) return false;
  const env = serverEnvironment(folder);
  const answers = await Promise.all(files.map((file) => runCommand(file, ['--version'], { env, cwd: '/' })));
  return answers.every(({ stdout }) => majorOf(stdout) >= OLDEST);
}

/** 17 of `postgres (PostgreSQL) 17.6 (Debian …)`; 0 when a program does not say. */
export const majorOf = (answer: string): number => Number(/\(PostgreSQL\) (\d+)/.exec(answer)?.[1] ?? 0);
