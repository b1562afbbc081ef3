import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, serviceArguments } from '@confscope/local-services';

const root = join(import.meta.dirname, '..', '..', '..', '..');

/** One real process of a real service, as it is built. */
export class ServiceProcess {
  output = '';

  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /** Starts it and waits until it is ready. */
  static async start(app: string, env: Record<string, string>): Promise<ServiceProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, serviceArguments(root, app), {
      env: { PATH: process.env['PATH'], ...env, PORT: String(port), HOST: '127.0.0.1', OTEL_SERVICE_NAME: app },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const service = new ServiceProcess(app, `http://127.0.0.1:${port}`, child);
    await service.#untilReady();
    return service;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it tells Prometheus. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for its end; the exit code, or the signal that ended it. */
  async ended(): Promise<number | string> {
    if (!this.hasEnded) await once(this.child, 'exit');
    return this.child.exitCode ?? this.child.signalCode ?? 'unknown';
  }

  /** Asks it to end, and kills it when it does not in this time. */
  async stop(limitMs = 20_000): Promise<number | string> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const limit = setTimeout(() => this.signal('SIGKILL'), limitMs);
    const end = await this.ended();
    clearTimeout(limit);
    return end;
  }

  async #untilReady(): Promise<void> {
    for (;;) {
      if (this.hasEnded) throw new Error(`${this.name} ended before it was ready:\n${this.output}`);
      const response = await fetch(`${this.url}/health/ready`).catch(() => null);
      if (response?.ok) return;
      await sleep(50);
    }
  }
}

/** Runs the migration program to its end. */
export async function migrate(databaseUrl: string, env: Record<string, string> = {}): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'tools/migrate/dist/main.js')], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The migration failed: ${errors}`);
}
