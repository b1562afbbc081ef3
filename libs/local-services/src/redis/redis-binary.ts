import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { runCommand } from '../run-command.ts';

/** A server program and the environment it needs to start. */
export interface RedisBinary {
  program: string;
  env: NodeJS.ProcessEnv;
}

const OLDEST_MAJOR_MINOR = 6.2;
const NAMES = ['redis-server', 'valkey-server'];
const USUAL_PLACES = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
const APT_PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];

/**
 * Finds a Redis (or Valkey) server, or gets one through the system's own package manager and says so: on Debian and
 * Ubuntu the packages are unpacked into `toolsDir`, nothing is installed on the machine; on macOS Homebrew installs it.
 * Throws with the command to type when neither works.
 */
export async function redisBinary(toolsDir: string, log: (line: string) => void): Promise<RedisBinary> {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...USUAL_PLACES];
  for (const program of folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))))
    if (existsSync(program) && (await isRecent({ program, env: {} }))) return { program, env: {} };
  return (await fromApt(toolsDir, log)) ?? (await fromBrew(log)) ?? refuse();
}

/** The version in the output of `redis-server --version`, as major.minor; 0 when there is none. */
export function versionOf(output: string): number {
  return Number(/v=(\d+\.\d+)/.exec(output)?.[1] ?? 0);
}

async function isRecent({ program, env }: RedisBinary): Promise<boolean> {
  const { stdout } = await runCommand(program, ['--version'], { env: { ...process.env, ...env } });
  return versionOf(stdout) >= OLDEST_MAJOR_MINOR;
}

async function fromApt(toolsDir: string, log: (line: string) => void): Promise<RedisBinary | undefined> {
  if ((await runCommand('apt-get', ['--version'])).code !== 0) return undefined;
  const folder = path.join(toolsDir, 'redis-from-apt');
  const unpacked = path.join(folder, 'root');
  const found = unpackedBinary(unpacked);
  if (found && (await isRecent(found))) return found;
  log(
    `No Redis on this machine: unpacking Debian's redis-server into ${folder} (apt-get; nothing is installed system-wide).`,
  );
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(path.join(folder, part), { recursive: true });
  const options = Object.entries({
    'Dir::State': `${folder}/state`,
    'Dir::State::Lists': `${folder}/state/lists`,
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': `${folder}/cache`,
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': userInfo().username,
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  for (const args of [['update'], ['download', ...APT_PACKAGES]]) {
    const { code, stderr } = await runCommand('apt-get', [...options, '-qq', ...args], { cwd: folder });
    if (code !== 0) {
      log(`apt-get ${args[0]} failed: ${stderr.trim()}`);
      return undefined;
    }
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb')))
    await runCommand('dpkg-deb', ['-x', path.join(folder, file), unpacked]);
  const binary = unpackedBinary(unpacked);
  return binary && (await isRecent(binary)) ? binary : undefined;
}

function unpackedBinary(unpacked: string): RedisBinary | undefined {
  const program = path.join(unpacked, 'usr/bin/redis-server');
  if (!existsSync(program)) return undefined;
  const libraries = readdirSync(path.join(unpacked, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu'));
  return {
    program,
    env: { LD_LIBRARY_PATH: libraries.map((name) => path.join(unpacked, 'usr/lib', name)).join(path.delimiter) },
  };
}

async function fromBrew(log: (line: string) => void): Promise<RedisBinary | undefined> {
  if (process.platform !== 'darwin' || (await runCommand('brew', ['--version'])).code !== 0) return undefined;
  log('No Redis on this machine: installing Valkey with Homebrew (brew install valkey).');
  await runCommand('brew', ['install', 'valkey']);
  const { stdout } = await runCommand('brew', ['--prefix', 'valkey']);
  const binary = { program: path.join(stdout.trim(), 'bin/valkey-server'), env: {} };
  return existsSync(binary.program) && (await isRecent(binary)) ? binary : undefined;
}

function refuse(): never {
  const os = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const command =
    process.platform === 'darwin'
      ? 'brew install valkey'
      : /fedora|rhel|centos/i.test(os)
        ? 'sudo dnf install redis'
        : /alpine/i.test(os)
          ? 'sudo apk add redis'
          : 'sudo apt-get install redis-server';
  throw new Error(
    `Confscope needs Redis or Valkey ${OLDEST_MAJOR_MINOR} or newer and found none. Install it (${command}), or set REDIS_URL to a server of yours.`,
  );
}
