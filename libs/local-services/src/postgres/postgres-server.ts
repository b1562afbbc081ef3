import { readFileSync } from 'node:fs';
import { isAlive, signal, waitForExit } from '../process-table.ts';
import { DATABASE } from './create-cluster.ts';
import { type Cluster, launchPostgres, pgCtl } from './launch-postgres.ts';
import { type Postmaster } from './postmaster-file.ts';
import { runningPostmaster } from './running-postmaster.ts';

const STOP_TIMEOUT_S = 30;

/** A PostgreSQL server of this checkout. `stop` leaves no process behind and may be called twice. */
export class PostgresServer {
  readonly #cluster: Cluster;
  #postmaster: Postmaster;

  constructor(cluster: Cluster, postmaster: Postmaster) {
    this.#cluster = cluster;
    this.#postmaster = postmaster;
  }

  /** `postgres://confscope:<password>@127.0.0.1:<port>/confscope`; the user is the administrator of this server. */
  get url(): string {
    const password = readFileSync(this.#cluster.folders.passwordFile, 'utf8').trim();
    return `postgres://${DATABASE}:${password}@127.0.0.1:${this.port}/${DATABASE}`;
  }

  /** Port on 127.0.0.1; it stays over a restart. */
  get port(): number {
    return this.#postmaster.port;
  }

  /** The process id of the postmaster; a new one after `restart`. */
  get pid(): number {
    return this.#postmaster.pid;
  }

  /** The server's own log. */
  get logFile(): string {
    return this.#cluster.folders.logFile;
  }

  /** The folder that holds everything of this server. It can lie elsewhere than asked when we are root. */
  get home(): string {
    return this.#cluster.folders.home;
  }

  /** Sends a signal to the postmaster, as a fault of the machine would. */
  kill(name: NodeJS.Signals): void {
    signal(this.pid, name);
  }

  /** Stops it if it still runs, and starts it on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    // After a kill -9 the pid file of the dead server is still there; this removes it.
    await runningPostmaster(this.#cluster.folders.data);
    this.#postmaster = await launchPostgres(this.#cluster, this.port);
  }

  /** Ends the server: politely (sessions are rolled back), then without asking. */
  async stop(): Promise<void> {
    if (!isAlive(this.pid)) return;
    // A paused process hears nothing.
    signal(this.pid, 'SIGCONT');
    for (const mode of ['fast', 'immediate']) {
      await pgCtl(this.#cluster, [
        '-D',
        this.#cluster.folders.data,
        '-m',
        mode,
        '-w',
        '-t',
        String(STOP_TIMEOUT_S),
        'stop',
      ]);
      if (await waitForExit(this.pid, 1_000)) return;
    }
    signal(this.pid, 'SIGKILL');
    await waitForExit(this.pid, 5_000);
  }
}
