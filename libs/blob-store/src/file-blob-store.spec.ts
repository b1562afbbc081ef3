import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blobStoreContract } from './blob-store.contract.ts';
import { FileBlobStore } from './file-blob-store.ts';

describe('the blob store in a folder', () => {
  blobStoreContract(async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'confscope-blobs-'));
    return {
      store: await FileBlobStore.at(root),
      reopen: () => FileBlobStore.at(root),
      away: async () => {
        const store = await FileBlobStore.at(root);
        await rename(path.join(root, 'blobs'), path.join(root, 'elsewhere'));
        return store;
      },
      kept: async () =>
        (await readdir(root, { recursive: true, withFileTypes: true })).filter((f) => f.isFile()).map((f) => f.name),
      leaveBehind: () => writeFile(path.join(root, 'incoming', 'left-behind'), 'x'),
      remove: () => rm(root, { recursive: true, force: true }),
    };
  });
});
