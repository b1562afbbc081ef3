import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blobStoreContract } from './blob-store.contract.ts';
import { FileBlobStore } from './file-blob-store.ts';

async function* chunksOf(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

describe('the blob store in a folder', () => {
  blobStoreContract(async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'confscope-blobs-'));
    const store = FileBlobStore.at(root);
    await store.prepare();
    return {
      store,
      reopen: () => Promise.resolve(FileBlobStore.at(root)),
      away: async () => {
        await rename(path.join(root, 'blobs'), path.join(root, 'elsewhere'));
        return store;
      },
      kept: async () =>
        (await readdir(root, { recursive: true, withFileTypes: true })).filter((f) => f.isFile()).map((f) => f.name),
      leaveBehind: () => writeFile(path.join(root, 'incoming', 'left-behind'), 'x'),
      remove: () => rm(root, { recursive: true, force: true }),
    };
  });

  it('makes nothing in the place of one that is away, so that nothing is taken for the missing archives', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'confscope-blobs-'));
    const store = FileBlobStore.at(path.join(root, 'not-mounted'));
    const error: unknown = await store.read('runs/1').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ENOENT' });
    await expect(store.ping()).rejects.toThrow();
    expect(await readdir(root)).toEqual([]);
    await rm(root, { recursive: true });
  });

  it('makes nothing in its place either when it goes away while something is written', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'confscope-blobs-'));
    const [there, away] = [path.join(root, 'there'), path.join(root, 'away')];
    const store = FileBlobStore.at(there);
    await store.prepare();
    await store.write('runs/1', chunksOf('first'), 100);
    const goesAway = async function* () {
      yield Buffer.from('second');
      await rename(there, away);
    };
    await expect(store.write('more/runs/2', goesAway(), 100)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(root)).toEqual(['away']);
    await rename(away, there);
    expect(await store.read('runs/1')).toMatchObject({ bytes: 5 });
    await expect(store.read('more/runs/2')).rejects.toMatchObject({ code: 'archive-missing' });
    await rm(root, { recursive: true });
  });
});
