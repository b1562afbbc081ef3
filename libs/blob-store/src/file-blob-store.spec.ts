import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Fault } from '@confscope/domain';
import { BlobTooLarge, FileBlobStore } from './file-blob-store.ts';

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* broken(...texts: string[]): AsyncGenerator<Buffer> {
  yield* pieces(...texts);
  throw new Error('the sender went away');
}

describe('the blob store in a folder', () => {
  let root: string;
  let store: FileBlobStore;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'confscope-blobs-'));
    store = await FileBlobStore.at(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const files = async () =>
    (await readdir(root, { recursive: true, withFileTypes: true })).filter((f) => f.isFile()).map((f) => f.name);

  it('gives back what it was given, whole and in ranges, with its size and hash', async () => {
    const seen: number[] = [];
    const stored = await store.write('runs/42', pieces('hello ', 'world'), 100, (bytes) => seen.push(bytes));
    expect(stored).toEqual({ bytes: 11, sha256: createHash('sha256').update('hello world').digest('hex') });
    expect(seen).toEqual([6, 11]);
    const blob = await store.read('runs/42');
    expect(blob.bytes).toBe(11);
    expect((await buffer(blob.open())).toString()).toBe('hello world');
    expect((await buffer(blob.open({ start: 6, end: 8 }))).toString()).toBe('wor');
  });

  it('keeps its blobs when it is opened again', async () => {
    await store.write('a', pieces('x'), 1);
    expect((await (await FileBlobStore.at(root)).read('a')).bytes).toBe(1);
  });

  it('leaves nothing behind when the sender goes away or sends too much', async () => {
    await expect(store.write('a', broken('some', 'bytes'), 100)).rejects.toThrow('the sender went away');
    await expect(store.write('a', pieces('12345', '6'), 5)).rejects.toThrow(BlobTooLarge);
    expect(await files()).toEqual([]);
  });

  it('takes exactly as much as is allowed', async () => {
    expect(await store.write('a', pieces('12345'), 5)).toMatchObject({ bytes: 5 });
  });

  it('says that a blob is gone for good, and that a storage is away for now', async () => {
    await expect(store.read('runs/7')).rejects.toMatchObject({ kind: 'permanent', code: 'archive-missing' });
    await rename(path.join(root, 'blobs'), path.join(root, 'elsewhere'));
    const away: unknown = await store.read('runs/7').catch((error: unknown) => error);
    expect(away).not.toBeInstanceOf(Fault);
    expect(away).toMatchObject({ code: 'ENOENT' });
  });

  it('deletes, also twice', async () => {
    await store.write('a', pieces('x'), 1);
    await store.delete('a');
    await store.delete('a');
    expect(await files()).toEqual([]);
  });

  it('sweeps what dead uploads left behind, and not what arrives now', async () => {
    await writeFile(path.join(root, 'incoming', 'left-behind'), 'x');
    expect(await store.sweepIncoming(60_000, Date.now())).toBe(0);
    expect(await store.sweepIncoming(60_000, Date.now() + 120_000)).toBe(1);
    expect(await files()).toEqual([]);
  });

  it.each(['', '/etc/passwd', '../a', 'a/../b', 'a//b', 'a\0', 'A'])(
    'refuses a key that could leave it: %j',
    async (key) => {
      await expect(store.write(key, pieces('x'), 1)).rejects.toThrow('Not a blob key');
    },
  );
});
