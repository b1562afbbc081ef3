import { Database } from '@confscope/persistence';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { runOfTree } from '../testing/run-of-tree.ts';
import { type RunningService, startBuiltService } from '../testing/running-service.ts';

interface StanzaList {
  items: { n: number; name: string }[];
  total?: number;
  next_cursor: string | null;
}

const ETC = {
  'etc/apps/a/local/props.conf': '[written]\nTRUNCATE = 1\n',
  'etc/apps/learned/local/props.conf': '[guessed-2]\nTRUNCATE = 1\n[guessed-3]\n',
  'etc/apps/learned/local/sourcetypes.conf': '[guessed-2]\nL-$.1 = 1\n',
  'etc/system/default/sourcetypes.conf': '[access]\nL-$.1 = 1\n[syslog]\nL-$.1 = 1\n',
  'etc/system/local/inputs.conf': '[monitor:///x]\n',
};

describe('what Splunk writes by itself, in the list of stanzas', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let service: RunningService;
  let run: string;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis()]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    run = `/v1/runs/${(await runOfTree(database, ETC)).id}`;
    service = await startBuiltService({ DATABASE_URL: place.url, REDIS_URL: redis.server.url });
  });
  afterAll(async () => {
    await service.stop();
    await database.close();
    await Promise.all([place.drop(), redis.remove()]);
  });

  const list = async (query: string): Promise<StanzaList> => {
    const answer = await service.get(`${run}/stanzas${query}`);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as StanzaList;
  };
  const numbers = async (query: string) => (await list(query)).items.map(({ n }) => n);

  it('is left out, of the length of the list too', async () => {
    const { items, total } = await list('');
    expect(items.map(({ n, name }) => [n, name])).toEqual([
      [0, 'written'],
      [6, 'monitor:///x'],
    ]);
    expect(total).toBe(2);
    expect(await numbers('?q=guessed')).toEqual([]);
    expect(await numbers('?key=TRUNCATE')).toEqual([0]);
    const first = await list('?limit=1');
    expect(await numbers(`?limit=1&cursor=${first.next_cursor}`)).toEqual([6]);
  });

  it('is listed when that is asked for', async () => {
    const { items, total } = await list('?machine_written=true');
    expect([items.map(({ n }) => n), total]).toEqual([[0, 1, 2, 3, 4, 5, 6], 7]);
    expect(await numbers('?key=TRUNCATE&machine_written')).toEqual([0, 1]);
  });

  it('is listed when its conf or app is named, and found by its number', async () => {
    expect(await numbers('?conf=sourcetypes')).toEqual([3, 4, 5]);
    expect(await numbers('?app=learned')).toEqual([1, 2, 3]);
    expect(await service.get(`${run}/stanzas/4`)).toMatchObject({ status: 200, body: { name: 'access' } });
  });

  it('takes part in what wins, as it does for Splunk', async () => {
    const props = await service.get(`${run}/effective/props`);
    expect(props).toMatchObject({ status: 200, body: { total: 3 } });
    const text = await service.get(`${run}/effective/sourcetypes?format=btool`);
    expect(text.body).toBe('[access]\nL-$.1 = 1\n[guessed-2]\nL-$.1 = 1\n[syslog]\nL-$.1 = 1\n');
  });

  it('refuses what is neither true nor false', async () => {
    expect(await service.get(`${run}/stanzas?machine_written=maybe`)).toMatchObject({
      status: 400,
      body: { errors: [{ message: 'machine_written must be true or false.' }] },
    });
  });
});

describe('a list of stanzas that are as long as files', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let service: RunningService;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis()]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    service = await startBuiltService({ DATABASE_URL: place.url, REDIS_URL: redis.server.url });
  });
  afterAll(async () => {
    await service.stop();
    await database.close();
    await Promise.all([place.drop(), redis.remove()]);
  });

  it('comes in pages that are small enough to be sent', async () => {
    const names = Array.from({ length: 3 }, (_, n) => `m${n}`);
    const { id } = await runOfTree(database, { 'etc/apps/a/local/macros.conf': names.map((n) => `[${n}]\n`).join('') });
    await database.rows(
      `update stanzas set settings = jsonb_build_array(jsonb_build_array('definition', repeat('x', 100000000), 2, 2))`,
    );
    const seen: string[][] = [];
    for (let path: string | null = `/v1/runs/${id}/stanzas?limit=500`; path !== null;) {
      const answer = await service.get(path);
      expect(answer.status).toBe(200);
      const { items, next_cursor } = answer.body as StanzaList;
      seen.push(items.map(({ name }) => name));
      path = next_cursor === null ? null : `/v1/runs/${id}/stanzas?limit=500&cursor=${next_cursor}`;
    }
    expect(seen).toEqual([['m0', 'm1'], ['m2']]);
  });
});
