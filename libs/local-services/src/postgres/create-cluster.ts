import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Account, fileId } from '../account.ts';
import { type CommandOptions, runCommand } from '../run-command.ts';
import { majorOf } from './find-postgres-tools.ts';
import { serverEnvironment } from './server-environment.ts';

/** Where a cluster lives: `data` belongs to the server's account, the password to us alone. */
export interface ClusterFolders {
  home: string;
  data: string;
  passwordFile: string;
  logFile: string;
}

const FIRST_WITH_OWN_LOCALE = 17;

/** User and database name of every local server. */
export const DATABASE = 'confscope';

/**
 * Makes the cluster with its user, password and database, unless it exists. It is made aside and renamed at the end,
 * so an interrupted first start leaves nothing that looks finished.
 */
export async function createCluster(folders: ClusterFolders, binaries: string, account: Account): Promise<void> {
  if (existsSync(path.join(folders.data, 'PG_VERSION'))) return refuseOtherVersion(folders, binaries, account);
  const unfinished = path.join(folders.home, 'data.new');
  const handOver = path.join(unfinished, 'pw');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const password = randomBytes(24).toString('hex');
  writeFileSync(folders.passwordFile, `${password}\n`, { mode: 0o600 });
  // initdb wants an empty data folder, so the file it reads the password from lies beside the folder it fills.
  writeFileSync(handOver, `${password}\n`, { mode: 0o600 });
  const data = path.join(unfinished, 'data');
  mkdirSync(data, { mode: 0o700 });
  for (const file of [unfinished, handOver, data]) giveTo(account, file);
  const options: CommandOptions = { ...account, cwd: unfinished, env: serverEnvironment(binaries) };
  const { stdout: version } = await runCommand(`${binaries}/bin/postgres`, ['--version'], options);
  await must(`${binaries}/bin/initdb`, initArgs(data, handOver, majorOf(version)), options);
  rmSync(handOver);
  // Single-user mode reads SQL from its standard input: no client is needed to create the database.
  const create = { ...options, input: `CREATE DATABASE ${DATABASE};\n` };
  await must(`${binaries}/bin/postgres`, ['--single', '-D', data, 'postgres'], create);
  renameSync(data, folders.data);
  rmSync(unfinished, { recursive: true, force: true });
}

/** Makes the file or folder the account's own; nothing to do when it runs as ourselves. */
export function giveTo(account: Account, file: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(file, fileId(account.uid), fileId(account.gid));
}

const initArgs = (data: string, passwordFile: string, major: number): string[] => [
  ...['-D', data, '-U', DATABASE, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8'],
  // PostgreSQL's own C.UTF-8 sorts alike on every platform, whatever locales the system has; older ones have only C.
  ...(major >= FIRST_WITH_OWN_LOCALE ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
  ...['--no-locale', '--no-sync'],
];

async function must(command: string, args: string[], options: CommandOptions): Promise<void> {
  const { code, stderr, stdout } = await runCommand(command, args, options);
  // Single-user mode exits with 0 after a failed statement; it says ERROR or FATAL.
  if (code === 0 && !/\b(ERROR|FATAL):/.test(stderr)) return;
  throw new Error(`${path.basename(command)} could not prepare the database:\n${(stderr || stdout).trim()}`);
}

async function refuseOtherVersion(folders: ClusterFolders, binaries: string, account: Account): Promise<void> {
  const written = readFileSync(path.join(folders.data, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = await runCommand(`${binaries}/bin/postgres`, ['--version'], { ...account, cwd: '/' });
  const ours = /(\d+)\.\d+/.exec(stdout)?.[1];
  if (written === ours) return;
  throw new Error(
    `${folders.data} was written by PostgreSQL ${written}, this checkout brings ${ours ?? stdout.trim()}. ` +
      `Delete ${folders.home} to start with an empty database, or go back to the earlier checkout.`,
  );
}
