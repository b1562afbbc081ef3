import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { withDataSource } from './data-source.fixture.ts';
import { Database } from './database.ts';
import { MIGRATION_NAMES } from './migrations/names.ts';
import { UploadRuns } from './upload-runs.ts';

describe('the schema', () => {
  let place: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
  });
  afterEach(async () => {
    await database.close();
    await place.drop();
  });

  it('that the migrations make is the one that the entities describe', async () => {
    await database.migrate();
    const drift = await withDataSource(place.url, (source) => source.driver.createSchemaBuilder().log());
    expect(drift.upQueries.map((query) => query.query)).toEqual([]);
  });

  it('is made once by many that start at the same time', async () => {
    const others = await Promise.all(
      Array.from({ length: 4 }, () => Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 })),
    );
    const done = await Promise.all(others.map((other) => other.migrate()));
    expect(done.flat().toSorted()).toEqual(MIGRATION_NAMES.toSorted());
    await Promise.all(others.map((other) => other.close()));
  });

  it('can be taken back to nothing', async () => {
    const done = await database.migrate();
    await withDataSource(place.url, async (source) => {
      for (let left = done.length; left > 0; left--) await source.undoLastMigration();
    });
    const tables = await database.rows(
      `select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations'`,
    );
    expect(tables).toEqual([]);
  });

  it('says whether it is the one this build was written for', async () => {
    expect(await database.isMigrated()).toBe(false);
    await database.migrate();
    expect(await database.isMigrated()).toBe(true);
  });

  it('is the right one with migrations of a later build, and not without one of this', async () => {
    await database.migrate();
    await database.rows(`insert into migrations (timestamp, name) values (1, 'Later1')`);
    expect(await database.isMigrated()).toBe(true);
    await database.rows(`delete from migrations where name = $1`, [MIGRATION_NAMES[1]]);
    expect(await database.isMigrated()).toBe(false);
  });

  it('cannot be reached under a wrong password', async () => {
    const url = new URL(place.url);
    url.password = 'wrong';
    const options = { url: url.href, applicationName: 'spec', maxConnections: 1 };
    await expect(Database.connect(options)).rejects.toThrow(/password authentication failed/);
    // And is not waited for.
    const waited: unknown[] = [];
    const connecting = Database.whenReachable(options, (error) => waited.push(error));
    await expect(connecting).rejects.toThrow(/password authentication failed/);
    expect(waited).toEqual([]);
  });

  it('knows of no archive before it is made', async () => {
    expect(await new UploadRuns(database).anyArchive()).toBe(false);
    await database.migrate();
    expect(await new UploadRuns(database).anyArchive()).toBe(false);
  });
});
