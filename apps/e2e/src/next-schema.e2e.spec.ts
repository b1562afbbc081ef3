import { tarGzOf } from '@confscope/testing';
import { Client } from 'pg';
import { Stack } from './support/stack.ts';

/** What a later version may do to each table while this one is still at work: see the rules of migrations. */
const expansionsOf = (table: string): string[] => [
  `alter table ${table} add column next_note text`,
  `alter table ${table} add column next_weight integer not null default 0`,
  `create index ${table}_next_idx on ${table} (next_weight)`,
];

describe('services of this version on the schema of the next one', () => {
  let stack: Stack;
  let sql: Client;
  beforeAll(async () => {
    stack = await Stack.start();
    sql = new Client({ connectionString: stack.database.url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await stack.stop();
  });

  it('go on with what they do, and start anew', async () => {
    const archive = (value: string) =>
      tarGzOf([{ path: 'etc/apps/a/local/inputs.conf', content: `[monitor:///var/log]\nindex = ${value}\n` }]);
    const before = await stack.until((await stack.upload(await archive('one'), 'x.tgz')).id);

    const { rows } = await sql.query<{ tablename: string }>(
      `select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations'`,
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const { tablename } of rows) for (const statement of expansionsOf(tablename)) await sql.query(statement);
    await sql.query('create table next_things (id bigint primary key)');
    await sql.query(`insert into migrations (timestamp, name) values (1999999999999, 'Next1999999999999')`);

    const during = await stack.until((await stack.upload(await archive('two'), 'x.tgz')).id);
    await stack.restartApis();
    await Promise.all(stack.workers.splice(0).map((worker) => worker.stop()));
    await stack.addWorker();
    const after = await stack.until((await stack.upload(await archive('three'), 'x.tgz')).id);
    expect([before, during, after].map(({ status, retry_count }) => [status, retry_count])).toEqual(
      Array.from({ length: 3 }, () => ['complete', 0]),
    );
    const { status } = await stack.get(`/v1/runs/${after.id}/effective/inputs`);
    expect(status).toBe(200);
    expect((await stack.send('POST', `/v1/runs/${before.id}/parse`)).status).toBe(202);
    expect((await stack.send('DELETE', `/v1/runs/${during.id}`)).status).toBe(204);
  });
});
