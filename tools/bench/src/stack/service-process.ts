import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, serviceArguments } from '@confscope/local-services';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const STOP_LIMIT_MS = 20_000;
/** Linux counts in these towards programs, whatever the kernel was built with. */
const TICKS_PER_SECOND = 100;

/** A real service as it is built, in a process of its own. */
export class ServiceProcess {
  #output = '';

  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output = (this.#output + text).slice(-20_000)));
  }

  /** Starts it as `npm start` does, and waits until it is ready; throws with what it printed when it ends before. */
  static async start(app: string, env: Record<string, string>): Promise<ServiceProcess> {
    const port = await freePort();
    const args = [...process.execArgv, ...serviceArguments(root, app)];
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...env, PORT: String(port), HOST: '127.0.0.1' },
      // The channel tells a service that we are gone, even by kill -9.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const service = new ServiceProcess(app, `http://127.0.0.1:${port}`, child);
    await service.#untilReady();
    return service;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Most memory that the process has had so far, in bytes; null where the system does not tell (it is Linux that does). */
  peakRssBytes(): number | null {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024 || null;
    } catch {
      return null;
    }
  }

  /** Processor time that the process and its children have taken so far, in seconds; null where the system does not tell. */
  cpuSeconds(): number | null {
    try {
      return cpuTicksOf(String(this.child.pid)) / TICKS_PER_SECOND;
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const limit = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exit;
    clearTimeout(limit);
  }

  get #hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async #untilReady(): Promise<void> {
    for (;;) {
      if (this.#hasEnded) throw new Error(`${this.name} ended before it was ready:\n${this.#output}`);
      const response = await fetch(`${this.url}/health/ready`).catch(() => null);
      if (response?.ok) return;
      await sleep(50);
    }
  }
}

/** User and system time of a process, of its children that ended, and of those that live. */
function cpuTicksOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // What stands before may hold spaces: the program's name, in brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + cpuTicksOf(child), own);
}
