import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgresTools, type PostgresServer, toolsFolder } from '@confscope/local-services';
import { ownPostgres } from '@confscope/testing';
import { manyApps } from './support/many-apps.ts';
import { migrate } from './support/service-process.ts';
import { type Run, Stack } from './support/stack.ts';

describe('a database that is restored from its dump', () => {
  let tools: string;
  let postgres: PostgresServer;
  let own: Awaited<ReturnType<typeof ownPostgres>>;
  let folder: string;
  let stack: Stack;
  /** Runs as the backup knows them: done, in work, and waiting. */
  let before: { done: number; inWork: number; waiting: number };
  let stanzasOf: (id: number) => Promise<unknown>;

  /** Runs a tool of PostgreSQL on the database, as the runbook does. */
  function run(tool: 'pg_dump' | 'pg_restore', ...args: string[]): void {
    const { status, stderr } = spawnSync(join(tools, 'bin', tool), [...args, '-d', postgres.url], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${tool} failed: ${stderr}`);
  }
  const dump = () => join(folder, 'confscope.dump');
  const upload = async (apps: number, seed: string): Promise<Run> =>
    stack.upload((await manyApps(apps, 20, seed)).archive, 'x.tgz');
  const stopWorkers = () => Promise.all(stack.workers.splice(0).map((worker) => worker.stop()));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'confscope-dump-'));
    tools = await findPostgresTools(toolsFolder);
    own = await ownPostgres(tools);
    postgres = own.server;
    await migrate(postgres.url);
    stack = await Stack.start({ DATABASE_URL: postgres.url });
    stanzasOf = async (id) => (await stack.get(`/v1/runs/${id}/stanzas?limit=500`)).body;

    const done = await stack.until((await upload(2, 'done')).id);
    const inWork = await upload(300, 'in work');
    await stack.until(inWork.id, ({ status }) => status === 'parsing');
    stack.workers[0]?.signal('SIGKILL');
    await stopWorkers();
    const waiting = await upload(2, 'waiting');
    before = { done: done.id, inWork: inWork.id, waiting: waiting.id };
    run('pg_dump', '-Fc', '-f', dump());
    // Life goes on after the backup, and Redis hears of it.
    await stack.addWorker();
    for (const id of [inWork.id, waiting.id, (await upload(2, 'too late')).id]) await stack.until(id);
    await upload(2, 'too late, and waiting');
  });
  afterAll(async () => {
    await stack.stop();
    await own.remove();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['is empty', () => stack.flushRedis()],
    ['still knows the time after the backup', () => Promise.resolve()],
  ])('has every run that was accepted before, and each comes to its end, when Redis %s', async (_, prepareRedis) => {
    const stanzas = await stanzasOf(before.done);
    await stopWorkers();
    await stack.restartApis(async () => {
      run('pg_restore', '--clean', '--if-exists', dump());
      await prepareRedis();
    });
    expect((await stack.run(before.waiting)).status).toBe('stored');
    await stack.addWorker();
    for (const id of [before.inWork, before.waiting])
      expect(await stack.until(id)).toMatchObject({ status: 'complete', retry_count: 0 });
    expect(await stanzasOf(before.done)).toEqual(stanzas);
    // A new run gets a number that another one had after the backup, and has nothing to do with it.
    const fresh = await stack.until((await upload(3, 'fresh')).id);
    expect(fresh).toMatchObject({ id: before.waiting + 1, status: 'complete' });
    expect(fresh.metrics['conf_files']).toBe(9);
  });
});
