import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { isAlive, waitForExit } from '../process-table.ts';
import { startPostgres } from './start-postgres.ts';

async function value(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ value: unknown }>(sql)).rows[0]?.value;
  } finally {
    await client.end();
  }
}

describe('a local PostgreSQL', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'confscope-postgres-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps its data over a restart and leaves no process behind', async () => {
    const server = await startPostgres({ dataDir: join(folder, 'data'), durable: false });
    await value(server.url, 'create table kept as select 42 as value');
    await server.restart();
    expect(await value(server.url, 'select value from kept')).toBe(42);
    const { pid } = server;
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('is adopted by the next run when its starter died', async () => {
    const orphan = await startPostgres({ dataDir: join(folder, 'data'), durable: false });
    const adopted = await startPostgres({ dataDir: join(folder, 'data'), durable: false });
    expect(adopted.pid).toBe(orphan.pid);
    await adopted.stop();
  });

  it('comes back after a kill -9 with what was committed', async () => {
    const server = await startPostgres({ dataDir: join(folder, 'data') });
    await value(server.url, 'create table kept as select 42 as value');
    server.kill('SIGKILL');
    await waitForExit(server.pid, 5_000);
    await server.restart();
    expect(await value(server.url, 'select value from kept')).toBe(42);
    await server.stop();
  });
});
