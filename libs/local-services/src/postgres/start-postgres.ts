import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Account, serverAccount } from '../account.ts';
import { freePort } from '../free-port.ts';
import { publicPlace } from '../public-place.ts';
import { isReachable } from '../reachable.ts';
import { type ClusterFolders, createCluster } from './create-cluster.ts';
import { launchPostgres } from './launch-postgres.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { PostgresServer } from './postgres-server.ts';
import { runningPostmaster } from './running-postmaster.ts';

/** What {@link startPostgres} needs. */
export interface PostgresOptions {
  /** Folder of the cluster, its password and its log; made when missing. A relocated one is announced through `log`. */
  dataDir: string;
  /** Port on 127.0.0.1; a free one by default. An adopted server keeps its own. */
  port?: number;
  /** Survives a power cut (default). Tests that throw the data away say false and run faster. */
  durable?: boolean;
  /** Another PostgreSQL than the one of `npm ci`: the folder whose `bin` holds its programs. */
  binaries?: string;
  /** Told in whole sentences about everything that takes long or surprises. */
  log?: (line: string) => void;
}

/**
 * Starts the PostgreSQL that came with `npm ci`, or adopts the one that still serves this folder after its starter died.
 * Runs as `nobody` when we are root. Throws an error with the tail of the server's log when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, port, durable = true, log = () => undefined } = options;
  const account = await serverAccount();
  const binaries = options.binaries ?? (await postgresBinaries(account, log));
  const folders = prepareFolders(path.resolve(dataDir), account, log);
  await createCluster(folders, binaries, account);
  const cluster = { folders, binaries, account, durable };
  const running = await runningPostmaster(folders.data);
  if (running) log(`PostgreSQL of an earlier run still serves port ${running.port}: using it.`);
  return new PostgresServer(cluster, running ?? (await launchPostgres(cluster, port ?? (await freePort()))));
}

function prepareFolders(wanted: string, account: Account, log: (line: string) => void): ClusterFolders {
  mkdirSync(wanted, { recursive: true, mode: account.uid === undefined ? 0o700 : 0o711 });
  let home = wanted;
  if (!isReachable(wanted, account)) {
    home = path.join(publicPlace(wanted), 'postgres');
    log(`PostgreSQL runs as "nobody", which cannot enter ${wanted}: its data lies in ${home}`);
    mkdirSync(home, { recursive: true, mode: 0o711 });
  }
  return {
    home,
    data: path.join(home, 'data'),
    passwordFile: path.join(home, 'password'),
    logFile: path.join(home, 'postgres.log'),
  };
}
