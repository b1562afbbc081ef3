import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { logTail } from '../log-tail.ts';
import { commandLine, isAlive, signal, waitForExit } from '../process-table.ts';
import { type RedisBinary, redisBinary } from './redis-binary.ts';

/** What {@link startRedis} needs. */
export interface RedisOptions {
  /** Folder of its data and its log; made when missing. */
  dataDir: string;
  /** Where a downloaded server lives; by default the data folder. Share it, so that it is downloaded once. */
  toolsDir?: string;
  /** Port on 127.0.0.1; a free one by default. */
  port?: number;
  /** Keeps its data over a restart (default). */
  appendOnly?: boolean;
  log?: (line: string) => void;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;

/** A Redis server of this checkout. `stop` leaves no process behind and may be called twice. */
export class RedisServer {
  #process: ChildProcess;

  constructor(
    private readonly binary: RedisBinary,
    private readonly folder: string,
    private readonly appendOnly: boolean,
    readonly port: number,
    process: ChildProcess,
  ) {
    this.#process = process;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A new one after `restart`. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends a signal, as a fault of the machine would. */
  kill(name: NodeJS.Signals): void {
    signal(this.pid, name);
  }

  /** Stops it if it still runs, and starts it on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    this.#process = await launch(this.binary, this.folder, this.port, this.appendOnly);
  }

  async stop(): Promise<void> {
    await endProcess(this.pid);
    rmSync(pidFile(this.folder), { force: true });
  }
}

/**
 * Starts a Redis of our own on 127.0.0.1, never a stranger's. One that an earlier run left behind in this folder is
 * ended first. Throws an error with the tail of its log when it does not come up.
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { dataDir, port, appendOnly = true, log = () => undefined } = options;
  const folder = path.resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  const binary = await redisBinary(path.resolve(options.toolsDir ?? folder), log);
  await endLeftover(folder, log);
  const chosen = port ?? (await freePort());
  return new RedisServer(binary, folder, appendOnly, chosen, await launch(binary, folder, chosen, appendOnly));
}

async function endLeftover(folder: string, log: (line: string) => void): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(pidFile(folder), 'utf8'));
  } catch {
    return;
  }
  // Process ids are reused: only a Redis or Valkey is ours to end.
  if (!isAlive(pid) || !/redis|valkey/.test(await commandLine(pid))) return;
  log('Ending the Redis that an earlier run left behind.');
  await endProcess(pid);
}

async function launch(binary: RedisBinary, folder: string, port: number, appendOnly: boolean): Promise<ChildProcess> {
  const logFile = path.join(folder, 'redis.log');
  const output = openSync(logFile, 'a', 0o600);
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  // A group of its own: Ctrl-C in the terminal must not end the server before the services that use it.
  const child = spawn(binary.program, args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...binary.env },
    detached: true,
  });
  closeSync(output);
  let failure = '';
  child.on('error', (error) => (failure = error.message));
  writeFileSync(pidFile(folder), String(child.pid ?? 0));
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(20)) {
    if (failure || child.exitCode !== null) break;
    if ((await pidOfServerOn(port)) === child.pid) {
      child.unref();
      return child;
    }
  }
  child.kill('SIGKILL');
  throw new Error(`Redis did not start on port ${port}. ${failure}\n${logFile} ends with:\n${logTail(logFile)}`);
}

async function endProcess(pid: number): Promise<void> {
  if (!pid || !isAlive(pid)) return;
  signal(pid, 'SIGCONT');
  signal(pid, 'SIGTERM');
  if (await waitForExit(pid, STOP_TIMEOUT_MS)) return;
  signal(pid, 'SIGKILL');
  await waitForExit(pid, STOP_TIMEOUT_MS);
}

const pidFile = (folder: string): string => path.join(folder, 'redis.pid');

/** The process id of the Redis that answers on this port: a stranger may have taken it. Undefined when none answers. */
function pidOfServerOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('INFO server\r\n'));
    const end = (pid?: number) => {
      socket.destroy();
      resolve(pid);
    };
    let reply = '';
    socket.setTimeout(1_000, () => end());
    socket.on('error', () => end());
    socket.on('close', () => end());
    socket.on('data', (data) => {
      reply += data.toString();
      const pid = /process_id:(\d+)\r\n/.exec(reply)?.[1];
      if (pid) end(Number(pid));
      else if (reply.startsWith('-')) end();
    });
  });
}
