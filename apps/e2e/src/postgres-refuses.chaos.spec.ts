import { Client } from 'pg';
import { manyApps } from './support/many-apps.ts';
import { formOf, type Run, Stack } from './support/stack.ts';

interface Problem {
  code: string;
  detail: string;
}

/** A PostgreSQL that is there and refuses: a standby after a failover, a full disk, a limit that was reached. */
describe('a PostgreSQL that refuses', () => {
  let stack: Stack;
  let admin: Client;
  let name: string;
  let seed = 0;

  beforeAll(async () => {
    stack = await Stack.start({ WORKER_CONCURRENCY: '1', TASK_RETRY_DELAYS_S: '0.1' });
    const url = new URL(stack.database.url);
    name = url.pathname.slice(1);
    url.pathname = '/postgres';
    admin = new Client({ connectionString: url.href });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await stack.stop();
  });

  const archive = async (apps: number) => (await manyApps(apps, 25, `refuses${seed++}`)).archive;
  /** Ends the sessions of all services, and waits until they are gone: they die a moment after they are told to. */
  async function endSessions(): Promise<void> {
    const { rows } = await admin.query<{ pid: number }>(
      'select pid, pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [name],
    );
    const left = 'select from pg_stat_activity where pid = any($1)';
    while ((await admin.query(left, [rows.map(({ pid }) => pid)])).rowCount !== 0);
  }
  /** What the database does for every session from now on. */
  async function set(setting: string): Promise<void> {
    await admin.query(`alter database ${name} ${setting}`);
    await endSessions();
  }
  async function inDatabase(sql: string): Promise<void> {
    const client = new Client({ connectionString: stack.database.url });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
  const readiness = async (url: string) => {
    const response = await fetch(`${url}/health/ready`);
    const { checks } = (await response.json()) as { checks: Record<string, unknown> };
    return { status: response.status, failed: Object.keys(checks).filter((check) => checks[check] !== 'ok') };
  };
  const untilUnready = async (url: string, check: string) => {
    while (!(await readiness(url)).failed.includes(check)) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const post = async () =>
    stack.send<Problem>('POST', '/v1/uploads', { body: formOf(await archive(2), 'etc.tgz', { type: 'ds_etc' }) });

  it('writes is waited for; uploads are told so, readers are served, and the run in hand loses no retry', async () => {
    const { id } = await stack.upload(await archive(2500), 'etc.tar.gz');
    await stack.until(id, (run) => run.status === 'parsing' && run.progress.files > 0);
    await set('set default_transaction_read_only = on');
    await untilUnready(stack.workers[0]?.url ?? '', 'surroundings');
    await untilUnready(stack.uploadApi.url, 'postgres_writes');
    const refused = await post();
    expect(refused).toMatchObject({ status: 503, body: { code: 'database_read_only' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await stack.get(`/v1/runs/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect((await readiness(stack.statusApi.url)).status).toBe(200);
    await set('reset default_transaction_read_only');
    expect(await stack.until(id)).toMatchObject({ status: 'complete', retry_count: 0 });
  });

  it('more rows because its disk is full is tried again without an end, and no retry is counted', async () => {
    // The state is what a full disk is told by; filling a real one would stop everybody else on the server.
    await inDatabase(`
      create function no_room() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
      create trigger no_room before insert on stanzas execute function no_room()`);
    const { id } = await stack.upload(await archive(3), 'etc.tar.gz');
    const waiting: Run = await stack.until(id, (run) => run.status === 'stored' && run.error_type === 'transient');
    expect(waiting.error_message).toContain('PostgreSQL has no room left on its disk');
    expect(waiting.error_message).toContain('No space left on device');
    expect((await stack.get(`/v1/runs/${id}/explain`)).body).toMatchObject({ reason: 'backing_off' });
    expect(await stack.run(id)).toMatchObject({ retry_count: 0 });
    await inDatabase('drop trigger no_room on stanzas');
    // Whoever made room need not wait.
    expect((await stack.send('POST', `/v1/runs/${id}/parse`)).status).toBe(202);
    expect((await stack.until(id)).status).toBe('complete');
  });

  it('to take longer than its limit costs retries, and the run says in the end what it was', async () => {
    await inDatabase(`
      create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
      create trigger slow before insert on stanzas execute function slow()`);
    await set(`set statement_timeout = '300ms'`);
    while ((await readiness(stack.uploadApi.url)).failed.length > 0);
    const { id } = await stack.upload(await archive(3), 'etc.tar.gz');
    const failed = await stack.until(id);
    expect(failed).toMatchObject({ status: 'failed', error_type: 'transient_exhausted', retry_count: 3 });
    expect(failed.error_message).toBe('Failed after 3 retries: canceling statement due to statement timeout');
    await set('reset statement_timeout');
    await inDatabase('drop trigger slow on stanzas');
  });
});
