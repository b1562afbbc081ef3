import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTail } from '../log-tail.ts';
import { commandLine, isAlive, signal, waitForExit } from '../process-table.ts';
import { redisPing } from './redis-ping.ts';
import { type RedisProgram } from './redis-program.ts';

/** What a Redis server is started with. */
export interface RedisSettings {
  program: RedisProgram;
  home: string;
  port: number;
  password: string;
  appendOnly: boolean;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** A Redis server of this checkout. `stop` leaves no process behind and may be called twice. */
export class RedisServer {
  readonly #settings: RedisSettings;
  #pid: number;

  constructor(settings: RedisSettings, pid: number) {
    this.#settings = settings;
    this.#pid = pid;
  }

  /** `redis://:<password>@127.0.0.1:<port>`. */
  get url(): string {
    return `redis://:${this.#settings.password}@127.0.0.1:${this.port}`;
  }

  /** Port on 127.0.0.1; it stays over a restart. */
  get port(): number {
    return this.#settings.port;
  }

  /** The process id; a new one after `restart`. */
  get pid(): number {
    return this.#pid;
  }

  /** The server's own log. */
  get logFile(): string {
    return path.join(this.#settings.home, 'redis.log');
  }

  /** Sends a signal to the server, as a fault of the machine would. */
  kill(name: NodeJS.Signals): void {
    signal(this.#pid, name);
  }

  /** Stops it if it still runs, and starts it on the same port. Without append-only file it comes back empty. */
  async restart(): Promise<void> {
    await this.stop();
    this.#pid = await launchRedis(this.#settings);
  }

  /** Ends the server; the append-only file is written out first. */
  async stop(): Promise<void> {
    await endRedis(this.#pid);
    rmSync(path.join(this.#settings.home, 'redis.pid'), { force: true });
  }
}

/** Starts the server and waits until it answers PING; replies its process id. */
export async function launchRedis(settings: RedisSettings): Promise<number> {
  const { program, home, port, password } = settings;
  const config = path.join(home, 'redis.conf');
  const logFile = path.join(home, 'redis.log');
  // The password stands in a file, for everybody may read a command line.
  writeFileSync(config, configFor(settings), { mode: 0o600 });
  // Its own session keeps the terminal's Ctrl-C from it: it has to outlive the services.
  const log = openSync(logFile, 'w', 0o600);
  const env = { ...process.env, ...program.env };
  const child = spawn(program.file, [config], { cwd: home, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  child.on('error', () => undefined);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && isRunning(child)) {
    if ((await redisPing(port, password)) === 'pong' && child.pid !== undefined && isRunning(child)) {
      writeFileSync(path.join(home, 'redis.pid'), `${child.pid}\n`);
      return child.pid;
    }
    await sleep(25);
  }
  child.kill('SIGKILL');
  throw new Error(`${program.name} did not start on port ${port}. ${logFile} ends with:\n${logTail(logFile)}`);
}

/** Ends the server that a runner left behind when it was killed: its files are needed for the next one. */
export async function endLeftoverRedis(home: string): Promise<number | undefined> {
  const pid = leftoverPid(path.join(home, 'redis.pid'));
  // The number may belong to another program by now.
  if (pid === undefined || !isAlive(pid) || !/(redis|valkey)-server/.test(await commandLine(pid))) return undefined;
  await endRedis(pid);
  return pid;
}

async function endRedis(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  // A paused process hears nothing.
  signal(pid, 'SIGCONT');
  signal(pid, 'SIGTERM');
  if (await waitForExit(pid, STOP_TIMEOUT_MS)) return;
  signal(pid, 'SIGKILL');
  await waitForExit(pid, 5_000);
}

const configFor = ({ home, port, password, appendOnly }: RedisSettings): string =>
  [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    // Dropping keys under memory pressure would drop jobs.
    'maxmemory-policy noeviction',
    'save ""',
    `appendonly ${appendOnly ? 'yes' : 'no'}`,
    `dir "${home}"`,
    'daemonize no',
    '',
  ].join('\n');

const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

function leftoverPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
