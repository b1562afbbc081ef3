import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBlobStore } from '@confscope/blob-store';
import { Database } from '@confscope/persistence';

/** What no archive of a spec reaches. */
export const LIMITS = {
  maxArchiveBytes: 1e9,
  maxEntries: 1e6,
  maxRatio: 1000,
  maxEntryBytes: 1e8,
  maxPathBytes: 2048,
  maxDepth: 64,
};

/** A database and a storage of one's own, to parse archives with; both go when it is removed. */
export async function parsePlace(place: { url: string; drop: () => Promise<void> }): Promise<{
  database: Database;
  blobs: FileBlobStore;
  remove: () => Promise<void>;
}> {
  const database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 12 });
  await database.migrate();
  const folder = mkdtempSync(join(tmpdir(), 'confscope-parse-'));
  const blobs = FileBlobStore.at(folder);
  await blobs.prepare();
  const remove = async (): Promise<void> => {
    await database.close();
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { database, blobs, remove };
}
