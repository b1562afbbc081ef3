import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { parseRedisVersion, type RedisVersion } from './redis-version.ts';

/** A Redis or Valkey server that can be started here. */
export interface RedisProgram extends RedisVersion {
  file: string;
  /** What it needs beside our own environment. */
  env: NodeJS.ProcessEnv;
}

const NAMES = ['redis-server', 'valkey-server'];
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin'];

/** Every server program on this machine, in the order of preference; `isEnough` says whether it can be used. */
export async function installedPrograms(searchPath = process.env['PATH'] ?? ''): Promise<RedisProgram[]> {
  const folders = new Set([
    ...searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder)),
    ...USUAL_FOLDERS,
  ]);
  const files = [...folders].flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  const programs: RedisProgram[] = [];
  for (const file of files.filter(isExecutable)) {
    const program = await askProgram(file, {});
    if (program) programs.push(program);
  }
  return programs;
}

/** The server inside a folder that packages were unpacked into, with the libraries that came along. */
export async function unpackedProgram(root: string): Promise<RedisProgram | undefined> {
  const file = path.join(root, 'usr/bin/redis-server');
  if (!isExecutable(file)) return undefined;
  const lib = path.join(root, 'usr/lib');
  // Nothing came along when the system has every library already.
  const libraries = existsSync(lib) ? readdirSync(lib).filter((name) => name.includes('-linux-')) : [];
  const inherited = process.env['LD_LIBRARY_PATH'];
  const search = [...libraries.map((name) => path.join(lib, name)), ...(inherited ? [inherited] : [])];
  return askProgram(file, search.length > 0 ? { LD_LIBRARY_PATH: search.join(':') } : {});
}

async function askProgram(file: string, env: NodeJS.ProcessEnv): Promise<RedisProgram | undefined> {
  const { stdout } = await runCommand(file, ['--version'], { env: { ...process.env, ...env }, timeoutMs: 10_000 });
  const version = parseRedisVersion(stdout);
  return version && { ...version, file, env };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
