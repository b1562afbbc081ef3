import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, isAlive } from '../process-table.ts';
import { answersAsPostgres } from './answers-as-postgres.ts';
import { type Postmaster, readPostmaster } from './postmaster-file.ts';

/**
 * The server that holds this data folder, if one really runs. A pid file may be stale and its number reused by another
 * program; such a file is removed, for PostgreSQL itself would refuse to start beside it.
 */
export async function runningPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  const file = path.join(dataFolder, 'postmaster.pid');
  for (let patience = 40; patience > 0; patience--) {
    const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN;
    if (Number.isNaN(pid)) return undefined;
    if (!isAlive(pid) || !(await commandLine(pid)).includes('postgres')) {
      rmSync(file, { force: true });
      return undefined;
    }
    const postmaster = readPostmaster(dataFolder);
    if (postmaster && (await answersAsPostgres(postmaster.port))) return postmaster;
    // It is still starting, or on its way out.
    await sleep(250);
  }
  throw new Error(`The PostgreSQL that holds ${dataFolder} hangs; ${file} names its process. End it and try again.`);
}
