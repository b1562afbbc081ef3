import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from '../free-port.ts';
import { isAlive } from '../process-table.ts';
import { type PostgresServer } from './postgres-server.ts';
import { startPostgres } from './start-postgres.ts';

let folder: string;
let server: PostgresServer;
const said: string[] = [];
const start = (port?: number): Promise<PostgresServer> =>
  startPostgres({ dataDir: path.join(folder, 'postgres'), port, durable: false, log: (line) => said.push(line) });

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeEach(async () => {
  said.length = 0;
  folder = mkdtempSync(path.join(tmpdir(), 'confscope-pg-'));
  chmodSync(folder, 0o711);
  server = await start();
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('startPostgres', () => {
  it('creates the database and lets nobody in without the password', async () => {
    expect(await query(server.url, 'select current_database() as name')).toEqual([{ name: 'confscope' }]);
    const stranger = server.url.replace(/:[0-9a-f]{48}@/, ':wrong@');
    expect(stranger).not.toBe(server.url);
    await expect(query(stranger, 'select 1')).rejects.toThrow('password authentication failed');
    expect(statSync(path.join(server.home, 'password')).mode & 0o777).toBe(0o600);
  });

  it('keeps its data when it is killed and restarted on the same port', async () => {
    const { port, pid, url } = server;
    await query(url, 'create table kept as select 42 as answer');
    await query(url, 'checkpoint');
    server.kill('SIGKILL');
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    expect(await query(url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('adopts the server that an earlier run left behind', async () => {
    const again = await start();
    expect(again.pid).toBe(server.pid);
    expect(said).toEqual([`PostgreSQL of an earlier run still serves port ${server.port}: using it.`]);
  });

  it('is gone after stop, and starts with the same data next time', async () => {
    await query(server.url, 'create table kept as select 1 as n');
    await server.stop();
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    server = await start();
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('is not misled by a stale pid file whose number another program has now', async () => {
    await server.stop();
    const file = path.join(server.home, 'data/postmaster.pid');
    writeFileSync(file, `${process.pid}\n${server.home}/data\n1\n${server.port}\n\n127.0.0.1\n`);
    server = await start();
    expect(server.pid).not.toBe(process.pid);
    expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('starts over when the first start was interrupted half-way', async () => {
    await server.stop();
    rmSync(path.join(server.home, 'data'), { recursive: true });
    execFileSync('mkdir', ['-p', path.join(server.home, 'data.new/data/base')]);
    server = await start();
    expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    expect(existsSync(path.join(server.home, 'data.new'))).toBe(false);
  });

  it('shows the end of the log when the port is taken', async () => {
    const { port } = server;
    const other = mkdtempSync(path.join(tmpdir(), 'confscope-pg-'));
    chmodSync(other, 0o711);
    try {
      await expect(startPostgres({ dataDir: path.join(other, 'pg'), port, durable: false })).rejects.toThrow(
        /did not start on port \d+[^]*Address already in use/,
      );
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('refuses data of another PostgreSQL version by name', async () => {
    await server.stop();
    const file = path.join(server.home, 'data/PG_VERSION');
    const version = readFileSync(file, 'utf8');
    writeFileSync(file, '9\n');
    await expect(start(await freePort())).rejects.toThrow('was written by PostgreSQL 9, this checkout brings');
    writeFileSync(file, version);
  });
});
