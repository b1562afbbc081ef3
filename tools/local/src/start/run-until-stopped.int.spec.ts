import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, isAlive, waitForExit } from '@confscope/local-services';

// A stand-in for each service, which is what the runner has to keep: answers, ends when asked, ends when orphaned.
const SERVICE = `
  const { DATABASE_URL, REDIS_URL, PORT, OTEL_SERVICE_NAME, STORAGE_PATH, SECRETS_FINGERPRINT_KEY } = process.env;
  const whole = [DATABASE_URL, REDIS_URL, STORAGE_PATH, SECRETS_FINGERPRINT_KEY].every(Boolean);
  const server = require('node:http').createServer((request, response) => response.end(OTEL_SERVICE_NAME + ' ' + whole));
  server.listen(PORT, '127.0.0.1', () => console.log('process ' + process.pid));
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
`;

let folder: string;
let port: number;
const runners: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'confscope-run-'));
  // When root runs the tests, PostgreSQL runs as "nobody" and has to pass through.
  chmodSync(folder, 0o711);
  port = await freePort();
});
afterEach(async () => {
  for (const runner of runners.splice(0)) if (runner.exitCode === null && runner.signalCode === null) await end(runner);
  rmSync(folder, { recursive: true, force: true });
});

/** A runner in a process of its own, on the sources. */
function run(env: NodeJS.ProcessEnv = {}, service = SERVICE) {
  const entry = path.join(folder, 'entry.mjs');
  const layout = {
    dataDir: path.join(folder, 'data'),
    migrate: ['-e', ''],
    services: { 'upload-api': ['-e', service], 'parse-worker': ['-e', service], 'status-api': ['-e', service] },
  };
  const module = path.join(import.meta.dirname, 'run-until-stopped.ts');
  writeFileSync(
    entry,
    `import { runUntilStopped } from ${JSON.stringify(module)};
     process.exit(await runUntilStopped(${JSON.stringify(layout)}));`,
  );
  const child = spawn(
    process.execPath,
    ['--conditions=@confscope/source', '--disable-warning=ExperimentalWarning', entry],
    {
      env: { ...process.env, DATABASE_URL: '', REDIS_URL: '', PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  runners.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output.text += text;
      child.emit('output');
    });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const says = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(output.text)) {
      if (child.exitCode !== null) throw new Error(`the runner ended:\n${output.text}`);
      await Promise.race([once(child, 'output'), exited]);
    }
  };
  return { child, output, exited, says };
}

async function end(runner: ChildProcess): Promise<void> {
  runner.kill('SIGTERM');
  await once(runner, 'exit');
}

/** Every process that the run left a trace of: the servers by their pid files, the services by what they said. */
function processes(output: string): number[] {
  const fromFile = (name: string): number[] => {
    const file = path.join(folder, 'data', name);
    return existsSync(file) ? [Number.parseInt(readFileSync(file, 'utf8'), 10)] : [];
  };
  const services = [...output.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
  return [...services, ...fromFile('postgres/data/postmaster.pid'), ...fromFile('redis/redis.pid')];
}

const IS_UP = /Ctrl-C stops everything/;

describe('npm start', () => {
  it('brings everything up behind one port, and Ctrl-C leaves no process behind', async () => {
    const { child, output, exited, says } = run();
    await says(IS_UP);
    expect(await (await fetch(`http://127.0.0.1:${port}/v1/runs`)).text()).toBe('status-api true');
    const started = processes(output.text);
    expect(started).toHaveLength(5);
    child.kill('SIGINT');
    expect(await exited).toBe(0);
    expect(started.filter(isAlive)).toEqual([]);
    expect(readdirSync(path.join(folder, 'data'))).not.toContain('npm-start.pid');
  });

  it('killed with -9 takes its services along, and the next start takes over the servers', async () => {
    const first = run();
    await first.says(IS_UP);
    const services = processes(first.output.text).slice(0, 3);
    first.child.kill('SIGKILL');
    await first.exited;
    for (const pid of services) expect(await waitForExit(pid, 10_000)).toBe(true);
    const second = run();
    await second.says(IS_UP);
    expect(second.output.text).toMatch(
      /PostgreSQL of an earlier run still serves.*[^]*Ended the Redis that an earlier run/,
    );
    const started = processes(second.output.text);
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
    expect(started.filter(isAlive)).toEqual([]);
  });

  it('refuses to run twice, and says how to stop the first', async () => {
    const first = run();
    await first.says(IS_UP);
    port = await freePort();
    const second = run();
    expect(await second.exited).toBe(1);
    expect(second.output.text.trim()).toMatch(new RegExp(`^Confscope already runs .* kill ${first.child.pid}$`));
  });

  it('stops with a sentence when a service cannot start', async () => {
    const broken = run({}, 'console.error("LEASE_S must be a number"); process.exit(1)');
    expect(await broken.exited).toBe(1);
    expect(broken.output.text).toMatch(/ended 5 times without becoming ready \(exit code 1\). It said:\s+LEASE_S must/);
    expect(processes(broken.output.text).filter(isAlive)).toEqual([]);
  });

  it('stops cleanly when it is interrupted while it starts', async () => {
    const { child, output, exited, says } = run();
    await says(/Starting PostgreSQL/);
    child.kill('SIGINT');
    expect(await exited).toBe(0);
    expect(output.text).not.toMatch(IS_UP);
    expect(processes(output.text).filter(isAlive)).toEqual([]);
  });
});
