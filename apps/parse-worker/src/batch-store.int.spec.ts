import { ByteBlocks, Database } from '@confscope/persistence';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { BatchStore, ContentLedger, type PreparedBatch } from './batch-store.ts';
import { Batches } from './batches.ts';
import { ConfFileReader, type FoundFile } from './conf-files.ts';
import { foundAt } from './found-file.fixture.ts';
import { RunTally } from './run-tally.ts';

const LARGE_BYTES = 4 * 1024 * 1024;

describe('what of a batch waits to be stored with more', () => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 3 });
    await database.migrate();
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  it('holds nothing of what large files contain, which may be many', async () => {
    const job = { runId: 1, attempt: 1, projectId: 1, archiveKey: 'a', archiveName: 'etc.tgz', traceparent: null };
    const blocks = new ByteBlocks();
    const reader = new ConfFileReader(Buffer.alloc(32, 1));
    const contents = new ContentLedger();
    const store = new BatchStore(database, reader, job, contents, new RunTally(), blocks);
    const prepare = async (...files: readonly FoundFile[]): Promise<(PreparedBatch | null)[]> => {
      const batches = new Batches(blocks, () => 0);
      const cut = [...files.map((file) => batches.add(file)), batches.rest()].filter((batch) => batch !== null);
      const prepared: (PreparedBatch | null)[] = [];
      for (const batch of cut) prepared.push(await store.prepare(await store.lookUp(batch)));
      return prepared;
    };
    const [first] = await prepare(large(1));
    if (!first) throw new Error('So much does not wait.');
    await store.store(first);
    // The same content in another tree: there is a little to be stored, and less to be parsed.
    expect(await prepare(large(2), small(2))).toEqual([null, null]);
    const waiting = store.rest();
    expect(waiting?.found).toHaveLength(2);
    expect(bytesIn(waiting)).toBeLessThan(1024);
  });
});

const large = (app: number) => found(app, 'default/savedsearches.conf', Buffer.alloc(LARGE_BYTES, '# much\n'));
const small = (app: number) => found(app, 'local/props.conf', Buffer.from(`[small ${app}]\nTZ = UTC\n`));

const found = (app: number, below: string, content: Buffer) => foundAt(`etc/apps/app_${app}/${below}`, content);

/** The bytes of all buffers that can be reached by way of fields. */
function bytesIn(value: unknown): number {
  if (Buffer.isBuffer(value)) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, field) => sum + bytesIn(field), 0);
}
