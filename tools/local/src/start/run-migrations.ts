import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { StartRefused } from './start-refused.ts';

/** Brings the database to the present schema by running the migration program (arguments of Node) to its end. */
export async function runMigrations(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<(number | null)[]>,
  ]);
  if (code === 0) return;
  throw new StartRefused(`The database could not be brought up to date:\n${`${output}${errors}`.trim()}`);
}
