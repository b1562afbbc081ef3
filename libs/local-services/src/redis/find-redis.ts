import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { hasApt, unpackFromApt } from '../unpack-from-apt.ts';
import { installedPrograms, type RedisProgram, unpackedProgram } from './redis-program.ts';

const APT_SELECTION = {
  package: 'redis-server',
  // The libraries have had these names since Debian 11.
  usualPackages: ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'],
};

/**
 * A Redis (6.2 or later) or Valkey server for this machine: an installed one, else one fetched with the system's
 * package manager (`log` says so first). Throws one error with the commands to type when there is no way.
 */
export async function findRedis(toolsDir: string, log: (line: string) => void): Promise<RedisProgram> {
  const installed = await installedPrograms();
  const found = installed.find((program) => program.isEnough) ?? (await fetchedProgram(toolsDir, log));
  if (found) return found;
  const tooOld = installed.map(({ file, name, version }) => `${file} is ${name} ${version}, too old: 6.2 is needed.`);
  throw new Error(['There is no Redis to start.', ...tooOld, ...(await remedies())].join('\n'));
}

async function fetchedProgram(toolsDir: string, log: (line: string) => void): Promise<RedisProgram | undefined> {
  if (process.platform === 'linux' && hasApt()) return fromApt(path.join(toolsDir, 'redis'), log);
  if (process.platform === 'darwin') return fromBrew(log);
  return undefined;
}

async function fromApt(root: string, log: (line: string) => void): Promise<RedisProgram | undefined> {
  const kept = await unpackedProgram(root);
  if (kept?.isEnough) return kept;
  log(`Redis is not installed. Fetching it with apt-get into ${root}; nothing is installed on the system.`);
  try {
    await unpackFromApt(root, APT_SELECTION);
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    return undefined;
  }
  const fetched = await unpackedProgram(root);
  if (fetched?.isEnough) return fetched;
  log(
    fetched
      ? `This system's packages hold only Redis ${fetched.version}; 6.2 is needed.`
      : 'The fetched Redis does not run here.',
  );
  return undefined;
}

async function fromBrew(log: (line: string) => void): Promise<RedisProgram | undefined> {
  if ((await runCommand('brew', ['--version'])).code !== 0) return undefined;
  log('Redis is not installed. Running "brew install valkey"; this can take a minute.');
  const { code, stderr } = await runCommand('brew', ['install', 'valkey']);
  if (code !== 0) log(`brew install valkey failed:\n${stderr.trim()}`);
  return (await installedPrograms()).find((program) => program.isEnough);
}

async function remedies(): Promise<string[]> {
  const install =
    process.platform === 'darwin'
      ? ['brew install valkey']
      : ['sudo apt-get install redis-server', 'sudo dnf install valkey'];
  const docker = (await runCommand('docker', ['--version'])).code === 0;
  return [
    `Install one (${install.map((command) => `"${command}"`).join(' or ')}), or name a server of your own:`,
    ...(docker ? ['  docker run --rm -d -p 6379:6379 valkey/valkey:8'] : []),
    '  REDIS_URL=redis://127.0.0.1:6379 npm start',
  ];
}
