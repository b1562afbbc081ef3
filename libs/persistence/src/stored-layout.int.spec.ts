import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Database } from './database.ts';
import { LayerQueries } from './layer-queries.ts';
import { type PublishedMetrics, RunPublisher } from './run-publisher.ts';
import type { StoredLayout } from './stored-layout.ts';

const LAYOUT: StoredLayout = {
  instances: [{ root: 'etc', kind: 'etc', targets: ['instance'] }],
  schemes: [{ path: 'etc/apps/a/README/inputs.conf.spec', instance: 'etc', app: 'a', scope: 'app', names: ['mod'] }],
};

const RESULT = { lines: [], layout: LAYOUT, metrics: {} as PublishedMetrics, peakRssBytes: 1, namedByArchive: false };

describe('the shape of an upload in PostgreSQL', () => {
  let place: TestDatabase;
  let database: Database;
  let publisher: RunPublisher;
  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 4 });
    await database.migrate();
    publisher = new RunPublisher(database, 1, 1);
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  async function parsing(): Promise<number> {
    const rows = await database.rows<{ id: number }>(
      `insert into runs (status, queue, attempt) values ('parsing', 'default', 1) returning id`,
    );
    return rows[0]?.id ?? 0;
  }
  const layoutOf = (runId: number) => new LayerQueries(database).layout(runId);

  it('is stored once for all runs that share it, also when they are stored at the same time', async () => {
    const runs = await Promise.all([parsing(), parsing(), parsing()]);
    const published = await Promise.all(runs.map((runId) => publisher.publish({ runId, attempt: 1 }, () => RESULT)));
    expect(published).toEqual([RESULT, RESULT, RESULT]);
    expect(await Promise.all(runs.map(layoutOf))).toEqual([LAYOUT, LAYOUT, LAYOUT]);
    expect(await database.rows('select count(*)::int as n from layouts')).toEqual([{ n: 1 }]);
  });

  it('is not named by an attempt that another one has replaced', async () => {
    const runId = await parsing();
    expect(await publisher.publish({ runId, attempt: 0 }, () => RESULT)).toBeNull();
    expect(await layoutOf(runId)).toBeNull();
  });
});
