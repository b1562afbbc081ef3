import { runCommand } from './run-command.ts';

/** The account PostgreSQL runs as; empty means the current user. */
export interface Account {
  uid?: number;
  gid?: number;
}

/** PostgreSQL refuses to run as root, so root hands it to `nobody`, which every Linux and macOS has. */
export async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all([idOf('-u'), idOf('-g')]);
  return { uid, gid };
}

/** The number chown wants: macOS writes the id of `nobody` as -2. */
export const fileId = (id: number): number => id >>> 0;

async function idOf(flag: '-u' | '-g'): Promise<number> {
  const { code, stdout } = await runCommand('id', [flag, 'nobody']);
  if (code !== 0)
    throw new Error('PostgreSQL cannot run as root, and this system has no account "nobody" to run it as.');
  return Number(stdout.trim()) | 0;
}
