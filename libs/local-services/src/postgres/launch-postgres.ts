import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account } from '../account.ts';
import { logTail } from '../log-tail.ts';
import { type CommandResult, runCommand } from '../run-command.ts';
import { type ClusterFolders, giveTo } from './create-cluster.ts';
import { postgresOptions, shellWords } from './postgres-options.ts';
import { type Postmaster, readPostmaster } from './postmaster-file.ts';
import { serverEnvironment } from './server-environment.ts';

/** All that is needed to run one cluster. */
export interface Cluster {
  folders: ClusterFolders;
  binaries: string;
  account: Account;
  durable: boolean;
}

const START_TIMEOUT_S = 60;
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** Starts the server of a cluster and waits until it takes connections. */
export async function launchPostgres(cluster: Cluster, port: number): Promise<Postmaster> {
  const { folders, durable } = cluster;
  const settings = shellWords(postgresOptions(port, durable));
  const args = [
    '-D',
    folders.data,
    '-l',
    folders.logFile,
    '-w',
    '-t',
    String(START_TIMEOUT_S),
    '-o',
    settings,
    'start',
  ];
  for (let patience = 20; ; patience--) {
    const logged = prepareLog(cluster);
    const { code, stderr } = await pgCtl(cluster, args);
    const postmaster = readPostmaster(folders.data);
    if (code === 0 && postmaster) return postmaster;
    const tail = logTail(folders.logFile, logged);
    // After a kill -9 its children need a moment to notice, and hold the shared memory until then.
    if (patience > 0 && tail.includes('is still in use')) {
      await sleep(250);
      continue;
    }
    throw new Error(
      `PostgreSQL did not start on port ${port}. ${stderr.trim()}\n${folders.logFile} ends with:\n${tail}`,
    );
  }
}

/** Runs pg_ctl on the cluster. */
export function pgCtl({ binaries, account, folders }: Cluster, args: string[]): Promise<CommandResult> {
  return runCommand(path.join(binaries, 'bin/pg_ctl'), args, {
    ...account,
    cwd: folders.home,
    env: serverEnvironment(binaries),
    // The server it starts would keep our pipes open; what went wrong stands in the log.
    ignoreOutput: args.at(-1) === 'start',
  });
}

/** Makes the log writable for the server's account; replies its present size in bytes. */
function prepareLog({ folders, account }: Cluster): number {
  const size = statSync(folders.logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(folders.logFile, `${folders.logFile}.old`);
  closeSync(openSync(folders.logFile, 'a', 0o600));
  giveTo(account, folders.logFile);
  return size > MAX_LOG_BYTES ? 0 : size;
}
