import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Fault } from '@confscope/domain';
import { type BlobStore, BlobTooLarge } from './blob-store.ts';

/** A store of one spec's own, and what only its kind can tell or do. */
export interface StoreUnderTest {
  store: BlobStore;
  /** The same storage, opened again. */
  reopen(): Promise<BlobStore>;
  /** A store whose storage is not there. */
  away(): Promise<BlobStore>;
  /** Names of all that is kept, unfinished things included. */
  kept(): Promise<string[]>;
  /** Leaves behind what a writer does that is killed in the middle. */
  leaveBehind(): Promise<void>;
  remove(): Promise<void>;
}

const MIB = 1024 * 1024;
/** More than any of these blobs, and as little as a service allows. */
const ENOUGH = 2 ** 31;

/** What every blob store promises. */
export function blobStoreContract(open: () => Promise<StoreUnderTest>): void {
  let tested: StoreUnderTest;
  let store: BlobStore;
  beforeEach(async () => {
    tested = await open();
    ({ store } = tested);
  });
  afterEach(() => tested.remove());

  it('gives back what it was given, whole and in ranges, with its size and hash', async () => {
    const seen: number[] = [];
    const stored = await store.write('runs/42', pieces('hello ', 'world'), 100, (bytes) => seen.push(bytes));
    expect(stored).toEqual({ bytes: 11, sha256: sha256('hello world') });
    expect(seen).toEqual([6, 11]);
    const blob = await store.read('runs/42');
    expect(blob.bytes).toBe(11);
    expect((await buffer(blob.open())).toString()).toBe('hello world');
    expect((await buffer(blob.open({ start: 6, end: 8 }))).toString()).toBe('wor');
    expect((await buffer(blob.open({ start: 9, end: 99 }))).toString()).toBe('ld');
  });

  it('keeps large blobs of a length that nobody said before, byte by byte', async () => {
    const content = randomBytes(21 * MIB + 7);
    const stored = await store.write('large', inChunks(content, 100_000), ENOUGH);
    expect(stored).toEqual({ bytes: content.length, sha256: sha256(content) });
    const blob = await store.read('large');
    expect(sha256(await buffer(blob.open()))).toBe(stored.sha256);
    const range = { start: 8 * MIB - 10, end: 16 * MIB + 10 };
    expect(content.subarray(range.start, range.end + 1).equals(await buffer(blob.open(range)))).toBe(true);
  });

  it('needs no more memory for a blob that is larger', async () => {
    const collect = garbageCollector();
    collect();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const measure = async () => {
      collect();
      // Memory of buffers is given back beside the program; the second round sees that it was.
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    };
    await store.write('flat', measured(192, measure), ENOUGH);
    expect(most).toBeLessThan(64 * MIB);
  });

  it('keeps an empty blob', async () => {
    expect(await store.write('empty', pieces(), 1)).toMatchObject({ bytes: 0 });
    const blob = await store.read('empty');
    expect(await buffer(blob.open())).toHaveLength(0);
  });

  it('keeps its blobs when it is opened again', async () => {
    await store.write('a', pieces('x'), 1);
    expect((await (await tested.reopen()).read('a')).bytes).toBe(1);
  });

  it('lets a reader stop early', async () => {
    await store.write('a', inChunks(randomBytes(9 * MIB), 65_536), ENOUGH);
    for await (const chunk of (await store.read('a')).open()) {
      expect((chunk as Buffer).length).toBeGreaterThan(0);
      break;
    }
  });

  it.each([
    ['goes away at once', () => broken('some', 'bytes')],
    ['goes away after many bytes', () => brokenAfter(20)],
  ])('leaves nothing behind when the sender %s', async (_, chunks) => {
    await expect(store.write('a', chunks(), ENOUGH)).rejects.toThrow('the sender went away');
    expect(await tested.kept()).toEqual([]);
    await expect(store.read('a')).rejects.toMatchObject({ code: 'archive-missing' });
  });

  it.each([
    ['a few bytes', () => pieces('12345', '6'), 5],
    ['many', () => inChunks(Buffer.alloc(20 * MIB), 65_536), 20 * MIB - 1],
  ])('leaves nothing behind of a blob that is too large: %s', async (_, chunks, maxBytes) => {
    await expect(store.write('a', chunks(), maxBytes)).rejects.toThrow(BlobTooLarge);
    expect(await tested.kept()).toEqual([]);
  });

  it('takes exactly as much as is allowed', async () => {
    expect(await store.write('a', pieces('12345'), 5)).toMatchObject({ bytes: 5 });
  });

  it('says that a blob is gone for good, and that a storage is away for now', async () => {
    await store.ping();
    await expect(store.read('runs/7')).rejects.toMatchObject({ kind: 'permanent', code: 'archive-missing' });
    const away = await tested.away();
    await expect(away.ping()).rejects.toThrow();
    const error: unknown = await away.read('runs/7').catch((reason: unknown) => reason);
    expect(error).toHaveProperty('message');
    expect(error).not.toBeInstanceOf(Fault);
    // What cannot be reached was not deleted.
    await expect(away.delete('runs/7')).rejects.toThrow();
  });

  it('deletes, also twice', async () => {
    await store.write('a', pieces('x'), 1);
    await store.delete('a');
    await store.delete('a');
    expect(await tested.kept()).toEqual([]);
  });

  it('sweeps what dead writers left behind, and neither what arrives now nor what is whole', async () => {
    await store.write('whole', pieces('x'), 1);
    await tested.leaveBehind();
    expect(await store.sweepIncoming(60_000, Date.now())).toBe(0);
    expect(await store.sweepIncoming(60_000, Date.now() + 120_000)).toBe(1);
    expect(await tested.kept()).toEqual(['whole']);
  });

  it.each(['', '/etc/passwd', '../a', 'a/../b', 'a//b', 'a\0', 'A'])(
    'refuses a key that could leave it: %j',
    async (key) => {
      await expect(store.write(key, pieces('x'), 1)).rejects.toThrow('Not a blob key');
      await expect(store.read(key)).rejects.toThrow('Not a blob key');
      await expect(store.delete(key)).rejects.toThrow('Not a blob key');
    },
  );
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* broken(...texts: string[]): AsyncGenerator<Buffer> {
  yield* pieces(...texts);
  throw new Error('the sender went away');
}

async function* brokenAfter(mebibytes: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < mebibytes; i++) yield await Promise.resolve(randomBytes(MIB));
  throw new Error('the sender went away');
}

async function* inChunks(content: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += bytes)
    yield await Promise.resolve(content.subarray(at, Math.min(at + bytes, content.length)));
}

/** So many MiB in small pieces, each of its own memory, with a look at the memory now and then. */
async function* measured(mebibytes: number, measure: () => Promise<void>): AsyncGenerator<Buffer> {
  for (let i = 0; i < mebibytes; i++) {
    for (let piece = 0; piece < 16; piece++) yield await Promise.resolve(Buffer.alloc(MIB / 16, i));
    if (i % 16 === 15) await measure();
  }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
