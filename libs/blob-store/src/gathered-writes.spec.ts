import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GatheredWrites } from './gathered-writes.ts';

/** A file whose writes end when they are told to. */
class HeldFile {
  /** The sizes of the chunks of each write so far. */
  readonly writes: number[][] = [];
  readonly #held: { resolve: (written: { bytesWritten: number }) => void; reject: (error: Error) => void }[] = [];
  readonly handle = {
    writev: (chunks: readonly Buffer[]) => {
      this.writes.push(chunks.map(({ length }) => length));
      return new Promise((resolve, reject) => this.#held.push({ resolve, reject }));
    },
  } as unknown as FileHandle;

  /** Ends the write that is under way, and lets whoever waited for it go on. */
  async written(bytesWritten: number): Promise<void> {
    this.#held.shift()?.resolve({ bytesWritten });
    await turns();
  }

  async fails(error: Error): Promise<void> {
    this.#held.shift()?.reject(error);
    await turns();
  }
}

/** Everything that is ready to go on has gone on. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A chunk of its own memory, as the network gives them. */
const chunkOf = (bytes: number): Buffer => Buffer.from(new ArrayBuffer(bytes));

describe('writes that gather', () => {
  it('leave a file as its sender sent it, whatever the sizes of its chunks', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'confscope-writes-'));
    const file = await open(path.join(folder, 'file'), 'wx');
    const content = randomBytes(3_000_000);
    const writes = new GatheredWrites(file, () => 100_000);
    for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 150_001)
      await writes.add(content.subarray(at, at + size));
    await writes.end();
    await file.close();
    expect((await readFile(path.join(folder, 'file'))).equals(content)).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('go together when they came while another one was under way', async () => {
    const file = new HeldFile();
    const writes = new GatheredWrites(file.handle, () => 10_000);
    for (const bytes of [1_000, 2_000, 3_000]) await writes.add(chunkOf(bytes));
    await file.written(1_000);
    expect(file.writes).toEqual([[1_000], [2_000, 3_000]]);
  });

  it('hold their sender while there is no room, and count what many small chunks take besides', async () => {
    const file = new HeldFile();
    const writes = new GatheredWrites(file.handle, () => 10_000);
    await writes.add(chunkOf(50_000));
    for (let i = 0; i < 30; i++) await writes.add(chunkOf(1));
    let added = 0;
    const more = Array.from({ length: 10 }, () => writes.add(chunkOf(1)).then(() => added++));
    await turns();
    expect(added).toBeLessThan(10);
    await file.written(50_000);
    await Promise.all(more);
    expect(file.writes[1]).toHaveLength(40);
  });

  it('go on where one ended that took only a part', async () => {
    const file = new HeldFile();
    const writes = new GatheredWrites(file.handle, () => 10_000);
    for (const bytes of [1_000, 2_000, 3_000]) await writes.add(chunkOf(bytes));
    await file.written(400);
    await file.written(600);
    await file.written(2_500);
    expect(file.writes).toEqual([[1_000], [600], [2_000, 3_000], [2_500]]);
  });

  it('give back the memory of what is written, but not of what is small or a part of something', async () => {
    const file = new HeldFile();
    const writes = new GatheredWrites(file.handle, () => 100_000);
    const [own, part, small] = [chunkOf(20_000), chunkOf(20_000).subarray(0, 19_999), chunkOf(16 * 1024)];
    await writes.add(own);
    await writes.add(part);
    await writes.add(small);
    expect(own).toHaveLength(20_000);
    await file.written(20_000);
    await file.written(19_999 + 16 * 1024);
    expect([own, part, small].map(({ length }) => length)).toEqual([0, 19_999, 16 * 1024]);
    await writes.end();
  });

  it('tell the sender that one failed, before it has sent more than there is room for', async () => {
    const file = new HeldFile();
    const writes = new GatheredWrites(file.handle, () => 10_000);
    await writes.add(chunkOf(1));
    await file.fails(new Error('no room on the disk'));
    await expect(writes.add(chunkOf(20_000))).rejects.toThrow('no room on the disk');
    await expect(writes.end()).rejects.toThrow('no room on the disk');
    await writes.abandon();
    expect(file.writes).toHaveLength(1);
  });

  it('write nothing more of what is abandoned, once the last write has ended', async () => {
    const file = new HeldFile();
    const writes = new GatheredWrites(file.handle, () => 10_000);
    await writes.add(chunkOf(1));
    await writes.add(chunkOf(2));
    let abandoned = false;
    const end = writes.abandon().then(() => (abandoned = true));
    await turns();
    expect(abandoned).toBe(false);
    await file.written(1);
    await end;
    expect(file.writes).toEqual([[1]]);
  });
});
