import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Client } from 'pg';
import { Database } from './database.ts';
import { databaseProblem } from './database-problem.ts';
import { troubleOf } from './database-trouble.ts';

const END = 'select pg_terminate_backend(pg_backend_pid())';

/** The codes of a real server, and not what the documentation says of them. */
describe('a PostgreSQL in trouble', () => {
  let place: TestDatabase;
  let admin: Client;
  let name: string;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    name = new URL(place.url).pathname.slice(1);
    admin = new Client({ connectionString: place.url });
    await admin.connect();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
  });
  afterAll(async () => {
    await database.close();
    await admin.end();
    await place.drop();
  });

  const troubleWith = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => troubleOf(error),
    );

  /** Ends the connections of the pool, and waits until it has noticed. */
  async function renewed(): Promise<void> {
    await database.rows(END).catch(() => undefined);
    while ((await troubleWith(database.rows('select 1'))) !== 'none');
  }

  it('that became a standby is known by its answer, and left', async () => {
    expect(await database.isReadOnly()).toBe(false);
    await admin.query(`alter database ${name} set default_transaction_read_only = on`);
    await renewed();
    expect(await troubleWith(database.rows('create table t ()'))).toBe('read_only');
    const [before] = await database.rows<{ pid: number }>('select pg_backend_pid() as pid');
    expect(await database.isReadOnly()).toBe(true);
    // Elsewhere the name of the server may mean another one by now.
    const [after] = await database.rows<{ pid: number }>('select pg_backend_pid() as pid');
    expect(after?.pid).not.toBe(before?.pid);
    await admin.query('set default_transaction_read_only = off');
    await admin.query(`alter database ${name} reset default_transaction_read_only`);
    expect(await database.isReadOnly()).toBe(true);
    expect(await database.isReadOnly()).toBe(false);
  });

  it('that has no connection left says so', async () => {
    const url = new URL(place.url);
    url.username = `few_${name.slice(0, 40)}`;
    url.password = 'few';
    await admin.query(`create role ${url.username} login password 'few' connection limit 1`);
    const only = new Client({ connectionString: url.href });
    await only.connect();
    const options = { url: url.href, applicationName: 'spec', maxConnections: 1 };
    expect(await troubleWith(Database.connect(options))).toBe('no_connection_left');
    await only.end();
    await admin.query(`drop role ${url.username}`);
  });

  it('that ends a statement or a session is told from one that finds fault with it', async () => {
    const slow = database.transaction(async (tx) => {
      await tx.rows(`set local statement_timeout = '10ms'`);
      await tx.rows('select pg_sleep(60)');
    });
    expect(await troubleWith(slow)).toBe('too_slow');
    expect(await troubleWith(database.rows(END))).toBe('unreachable');
    await renewed();
    expect(await troubleWith(database.rows('select 1/0'))).toBeNull();
    expect(await troubleWith(database.rows('select 1'))).toBe('none');
  });

  it('that ends a session in a transaction leaves the others a connection that works', async () => {
    await database.rows('create table kept (id int)');
    const ended = database.transaction(async (tx) => {
      await tx.rows('insert into kept values (1)');
      await tx.rows(END);
    });
    expect(await troubleWith(ended)).toBe('unreachable');
    await renewed();
    const between = database.transaction(async (tx) => {
      const [own] = await tx.rows<{ pid: number }>('select pg_backend_pid() as pid');
      await admin.query('select pg_terminate_backend($1)', [own?.pid]);
      await sleep(100);
      await tx.rows('insert into kept values (1)');
    });
    expect(await troubleWith(between)).toBe('unreachable');
    await database.rows('insert into kept values (2)');
    const rows = function* () {
      yield Buffer.from([0, 1, 0, 0, 0, 4, 0, 0, 0, 3]);
      throw new Error('the rows ended');
    };
    await expect(database.transaction((tx) => tx.copy('kept (id)', rows()))).rejects.toThrow('the rows ended');
    await database.rows('insert into kept values (4)');
    expect((await admin.query('select id from kept order by id')).rows).toEqual([{ id: 2 }, { id: 4 }]);
  });

  it('that hangs does not keep a process from ending', async () => {
    const other = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 1 });
    const hanging = expect(other.rows('select pg_sleep(600)')).rejects.toThrow();
    const sleeping = `select from pg_stat_activity where query = 'select pg_sleep(600)'`;
    while ((await admin.query(sleeping)).rowCount === 0);
    await Promise.all([other.close(50), other.close(50)]);
    await hanging;
  });

  it('is told to those who asked, in a sentence with a code', async () => {
    const error = await database.rows(END).catch((reason: unknown) => reason);
    expect(databaseProblem(error)).toMatchObject({ status: 503, code: 'database_unreachable' });
    expect(databaseProblem(new Error('x'))).toBeNull();
  });
});
