import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { type CommandResult, runCommand } from './run-command.ts';

/** What to fetch. */
export interface AptSelection {
  package: string;
  /**
   * With what it needs; used when apt cannot simulate an installation. Undefined: it needs nothing else to run, whatever
   * it recommends.
   */
  usualPackages?: readonly string[];
}

/** Whether this is a Debian or Ubuntu whose package manager can serve us. */
export const hasApt = (): boolean =>
  ['/usr/bin/apt-get', '/usr/bin/dpkg-deb', '/var/lib/dpkg/status'].every((file) => existsSync(file));

/**
 * Fetches a program and the libraries this system lacks with the system's package manager, and unpacks them into `root`.
 * Needs no root rights and changes nothing outside that folder. Throws with apt's own words when it fails.
 */
export async function unpackFromApt(root: string, selection: AptSelection): Promise<void> {
  mkdirSync(path.dirname(root), { recursive: true });
  const work = mkdtempSync(`${root}-`);
  try {
    const downloads = path.join(work, 'debs');
    for (const folder of ['state/lists/partial', 'cache/archives/partial', 'debs', 'root'])
      mkdirSync(path.join(work, folder), { recursive: true });
    const apt = (...args: string[]): Promise<CommandResult> =>
      runCommand('apt-get', [...privateApt(work), ...args], { cwd: downloads, env: { ...process.env, LC_ALL: 'C' } });
    mustWork('apt-get update', await apt('update'));
    mustWork('apt-get download', await apt('download', ...(await packagesOf(selection, apt))));
    for (const file of readdirSync(downloads))
      mustWork('dpkg-deb', await runCommand('dpkg-deb', ['-x', path.join(downloads, file), path.join(work, 'root')]));
    rmSync(root, { recursive: true, force: true });
    renameSync(path.join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function packagesOf(
  { package: name, usualPackages }: AptSelection,
  apt: (...args: string[]) => Promise<CommandResult>,
): Promise<readonly string[]> {
  if (!usualPackages) return [name];
  const simulated = await apt('--simulate', '--no-install-recommends', 'install', name);
  const missing = packagesToInstall(simulated.stdout);
  return missing.length > 0 ? missing : usualPackages;
}

/** The names in the `Inst …` lines of a simulated installation: the package and what it needs that is not there yet. */
export const packagesToInstall = (simulation: string): string[] =>
  [...simulation.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? '');

/** Options that give apt state and cache folders of our own, so that it needs no lock and no rights on the system's. */
const privateApt = (work: string): string[] =>
  [
    `Dir::State=${work}/state`,
    `Dir::State::Lists=${work}/state/lists`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${work}/cache`,
    'Debug::NoLocking=1',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    `APT::Sandbox::User=${userInfo().username}`,
    'quiet=2',
  ].flatMap((option) => ['-o', option]);

function mustWork(what: string, { code, stderr, stdout }: CommandResult): void {
  if (code !== 0) throw new Error(`${what} failed:\n${(stderr || stdout).trim()}`);
}
