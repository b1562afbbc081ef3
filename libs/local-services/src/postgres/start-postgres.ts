import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, serverAccount } from '../account.ts';
import { freePort } from '../free-port.ts';
import { logTail } from '../log-tail.ts';
import { commandLine, isAlive, signal, waitForExit } from '../process-table.ts';
import { publicPlace } from '../public-place.ts';
import { isReachable } from '../reachable.ts';
import { type CommandResult, runCommand } from '../run-command.ts';
import { answersAsPostgres } from './answers-as-postgres.ts';
import { type ClusterFolders, createCluster, DATABASE, giveTo } from './create-cluster.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { postgresOptions, shellWords } from './postgres-options.ts';
import { type Postmaster, readPostmaster } from './postmaster-file.ts';
import { serverEnvironment } from './server-environment.ts';

/** What {@link startPostgres} needs. */
export interface PostgresOptions {
  /** Folder of the cluster, its password and its log; made when missing. A relocated one is announced through `log`. */
  dataDir: string;
  /** Port on 127.0.0.1; a free one by default. An adopted server keeps its own. */
  port?: number;
  /** Survives a power cut (default). Tests that throw the data away say false and run faster. */
  durable?: boolean;
  /** Told in whole sentences about everything that takes long or surprises. */
  log?: (line: string) => void;
}

const START_TIMEOUT_S = 60;
const STOP_TIMEOUT_S = 30;
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** A PostgreSQL server of this checkout. `stop` leaves no process behind and may be called twice. */
export class PostgresServer {
  #postmaster: Postmaster;

  constructor(
    private readonly folders: ClusterFolders,
    private readonly binaries: string,
    private readonly account: Account,
    private readonly durable: boolean,
    postmaster: Postmaster,
  ) {
    this.#postmaster = postmaster;
  }

  /** `postgres://confscope:<password>@127.0.0.1:<port>/confscope`; the user is the administrator of this server. */
  get url(): string {
    const password = readFileSync(this.folders.passwordFile, 'utf8').trim();
    return `postgres://${DATABASE}:${password}@127.0.0.1:${this.port}/${DATABASE}`;
  }

  get port(): number {
    return this.#postmaster.port;
  }

  /** The process id of the postmaster; a new one after `restart`. */
  get pid(): number {
    return this.#postmaster.pid;
  }

  /** The server's own log. */
  get logFile(): string {
    return this.folders.logFile;
  }

  /** Sends a signal to the postmaster, as a fault of the machine would. */
  kill(name: NodeJS.Signals): void {
    signal(this.pid, name);
  }

  /** Stops it if it still runs, and starts it on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    // After a kill -9 the pid file of the dead server is still there; this removes it.
    await runningServer(this.folders);
    this.#postmaster = await launch(this.folders, this.binaries, this.account, this.port, this.durable);
  }

  /** Ends the server: politely (sessions are rolled back), then without asking. */
  async stop(): Promise<void> {
    if (!isAlive(this.pid)) return;
    signal(this.pid, 'SIGCONT');
    for (const mode of ['fast', 'immediate']) {
      const args = ['-D', this.folders.data, '-m', mode, '-w', '-t', String(STOP_TIMEOUT_S), 'stop'];
      await pgCtl(this.binaries, this.account, this.folders.home, args);
      if (await waitForExit(this.pid, 1_000)) return;
    }
    signal(this.pid, 'SIGKILL');
    await waitForExit(this.pid, 5_000);
  }
}

/**
 * Starts the PostgreSQL that came with `npm ci`, or adopts the one that still serves this folder after its starter died.
 * Runs as `nobody` when we are root. Throws an error with the tail of the server's log when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, port, durable = true, log = () => undefined } = options;
  const account = await serverAccount();
  const binaries = await postgresBinaries(account, log);
  const folders = prepareFolders(path.resolve(dataDir), account, log);
  await createCluster(folders, binaries, account);
  const running = await runningServer(folders);
  if (running) log(`PostgreSQL of an earlier run still serves port ${running.port}: using it.`);
  const postmaster = running ?? (await launch(folders, binaries, account, port ?? (await freePort()), durable));
  return new PostgresServer(folders, binaries, account, durable, postmaster);
}

function prepareFolders(wanted: string, account: Account, log: (line: string) => void): ClusterFolders {
  let home = wanted;
  if (!isReachable(wanted, account)) {
    home = path.join(publicPlace(wanted), 'postgres');
    log(`PostgreSQL runs as "nobody", which cannot enter ${wanted}: its data lies in ${home}`);
  }
  mkdirSync(home, { recursive: true, mode: account.uid === undefined ? 0o700 : 0o711 });
  return {
    home,
    data: path.join(home, 'data'),
    passwordFile: path.join(home, 'password'),
    logFile: path.join(home, 'postgres.log'),
  };
}

/** The server that holds this data folder, if it really runs. A pid file may be stale and its number reused. */
async function runningServer(folders: ClusterFolders): Promise<Postmaster | undefined> {
  const file = path.join(folders.data, 'postmaster.pid');
  for (let patience = 40; patience > 0; patience--) {
    const postmaster = readPostmaster(folders.data);
    const pid = postmaster?.pid ?? firstNumber(file);
    if (pid === undefined) return undefined;
    if (!isAlive(pid) || !(await commandLine(pid)).includes('postgres')) {
      rmSync(file, { force: true });
      return undefined;
    }
    if (postmaster && (await answersAsPostgres(postmaster.port))) return postmaster;
    // It is still starting, or on its way out.
    await sleep(250);
  }
  throw new Error(
    `The PostgreSQL of an earlier run hangs (process ${firstNumber(file) ?? 'unknown'}). End it and try again.`,
  );
}

const firstNumber = (file: string): number | undefined =>
  existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined : undefined;

async function launch(
  folders: ClusterFolders,
  binaries: string,
  account: Account,
  port: number,
  durable: boolean,
): Promise<Postmaster> {
  prepareLog(folders, account);
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
    const { code, stderr } = await pgCtl(binaries, account, folders.home, args);
    const postmaster = readPostmaster(folders.data);
    if (code === 0 && postmaster) return postmaster;
    const tail = logTail(folders.logFile);
    // After a kill -9 its children need a moment to notice, and hold the shared memory until then.
    if (patience > 0 && /shared memory block .* still in use/.test(tail)) {
      await sleep(250);
      continue;
    }
    throw new Error(
      `PostgreSQL did not start on port ${port}. ${stderr.trim()}\n${folders.logFile} ends with:\n${tail}`,
    );
  }
}

function prepareLog(folders: ClusterFolders, account: Account): void {
  const size = statSync(folders.logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(folders.logFile, `${folders.logFile}.old`);
  closeSync(openSync(folders.logFile, 'a', 0o600));
  giveTo(account, folders.logFile);
}

function pgCtl(binaries: string, account: Account, cwd: string, args: string[]): Promise<CommandResult> {
  const starts = args.at(-1) === 'start';
  // pg_ctl explains itself in the log; the server would keep our pipe open.
  return runCommand(path.join(binaries, 'bin/pg_ctl'), args, {
    ...account,
    cwd,
    env: serverEnvironment(),
    ignoreOutput: starts,
  });
}
