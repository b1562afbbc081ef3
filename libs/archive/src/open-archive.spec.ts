import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { BufferSource, tarGzOf, tarOf, zipOf } from '@confscope/testing';
import { type EntryHead } from './archive-entry.ts';
import { type ArchiveSource } from './archive-source.ts';
import { FileArchiveSource } from './file-archive-source.ts';
import { openArchive } from './open-archive.ts';
import { faultOf, readAll, readEach, wideLimits } from './read-all.fixture.ts';

const named = (name: string, content: string | Buffer) => new BufferSource(Buffer.from(content), name);
// Content that does not compress, and much more of it than any stream reads ahead.
const noise = Array.from({ length: 40 }, (_, index) => ({ path: `${index}.conf`, content: noiseOf(index) }));

describe('a single file', () => {
  it.each([
    ['inputs.conf', '[a]\nb = c\n', 'single'],
    ['C:\\etc\\local.meta', '[]\n', 'single'],
    ['utf16.conf', Buffer.from('\ufeff[a]', 'utf16le'), 'single'],
    ['inputs.conf.gz', gzipSync('[a]\n'), 'gzip'],
  ])('%s is an archive of one entry', async (name, content, format) => {
    const { files, report } = await readAll(named(name, content));
    expect(Object.keys(files)).toEqual([name.replace('.gz', '').replace(/^.*\\/, '')]);
    expect(report).toMatchObject({ format, entries: 1 });
  });

  it('must not be larger than an entry may be', async () => {
    expect(await faultOf(named('a.conf', 'x'.repeat(11)), { maxEntryBytes: 10 })).toMatchObject({
      code: 'entry-too-large',
    });
    const gzipped = named('a.conf.gz', gzipSync('x'.repeat(11)));
    expect(await faultOf(gzipped, { maxEntryBytes: 10 })).toMatchObject({ code: 'entry-too-large', entry: 'a.conf' });
  });
});

describe('a small archive', () => {
  it('is asked for once, a large one is looked at first', async () => {
    const asked = async (content: Buffer): Promise<number> => {
      let times = 0;
      const inner = named('a.tgz', content);
      const open: ArchiveSource['open'] = (range) => (times++, inner.open(range));
      await readAll({ name: 'a.tgz', bytes: content.length, open });
      return times;
    };
    expect(await asked(await tarGzOf(noise.slice(0, 1)))).toBe(1);
    expect(await asked(zipOf(noise.slice(0, 1)))).toBe(1);
    expect(await asked(await tarGzOf(noise))).toBe(2);
  });
});

describe('a file that is no archive', () => {
  it.each([
    ['empty.zip', '', 'it is empty'],
    ['a.tar.gz', gzipSync(''), 'a gzip of nothing'],
    ['a.rar', 'Rar!\x1a\x07\x01\0', 'a RAR archive'],
    ['a.7z', Buffer.from('377abcaf271c0004', 'hex'), 'a 7-Zip archive'],
    ['a.tar.bz2', 'BZh91AY&SY', 'bzip2'],
    ['a.tar.xz', Buffer.from('fd377a585a000004', 'hex'), 'with xz'],
    ['a.tar.zst', Buffer.from('28b52ffd00000000', 'hex'), 'zstd'],
    ['a.tar.gz', '%PDF-1.7', 'a PDF document'],
    ['a.tgz', '\n<!DOCTYPE html><p>Log in', 'an HTML page'],
    ['notes.txt', 'some text', 'looks like plain text'],
    ['a.conf', Buffer.from('0001020304050607', 'hex'), 'binary data'],
    ['a.bin', Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 7 + 3) % 256)), 'binary data'],
    ['a.tar.gz', gzipSync(gzipSync('x')), 'another archive (gzip)'],
    ['a.tar.gz', gzipSync('Rar!\x1a\x07\x01\0'), 'a RAR archive'],
  ])('%s is refused with what it looks like and what to do (%#)', async (name, content, what) => {
    const fault = await faultOf(named(name, content));
    expect(fault.code).toBe('not-an-archive');
    expect(fault.message).toContain(what);
    expect(fault.message).toMatch(/Pack|Choose|name it|Upload/);
  });
});

describe.each([
  ['tar', () => tarOf(noise)],
  ['tar.gz', () => tarGzOf(noise)],
  ['zip', () => Promise.resolve(zipOf(noise))],
])('reading a %s', (name, build) => {
  it('lets go of the storage when the loop is left early', async () => {
    const source = new BufferSource(await build(), name);
    for await (const entries of openArchive(source, wideLimits, readEach)) {
      expect(entries.length).toBeLessThan(noise.length);
      break;
    }
    await allClosed(source.opened);
  });

  it('lets go of the storage when the consumer throws, or a limit refuses', async () => {
    const source = new BufferSource(await build(), name);
    await expect(readAll(source, { maxEntries: 3 })).rejects.toMatchObject({ code: 'too-many-entries' });
    await allClosed(source.opened);
  });

  it('stops with the reason of the signal, even while storage gives nothing', async () => {
    const content = await build();
    const stalled: PassThrough[] = [];
    const source: ArchiveSource = { name, bytes: content.length, open: () => stall(stalled) };
    const stop = new AbortController();
    const reading = openArchive(source, wideLimits, readEach, { signal: stop.signal })[Symbol.asyncIterator]().next();
    const reason = new Error('the task was cancelled');
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await allClosed(stalled);
  });

  it('stops between entries when the signal is raised there', async () => {
    const stop = new AbortController();
    const source = new BufferSource(await build(), name);
    const reason = new Error('the task was cancelled');
    const reading = async () => {
      for await (const entries of openArchive(source, wideLimits, readEach, { signal: stop.signal })) {
        expect(entries.length).toBeLessThan(noise.length);
        stop.abort(reason);
      }
    };
    await expect(reading()).rejects.toBe(reason);
    await allClosed(source.opened);
  });

  it('stops with the reason of the signal when nothing is chosen, or behind the last of it', async () => {
    const content = await build();
    const small = noise.slice(0, 1);
    const sources = [
      new BufferSource(content, name),
      new BufferSource(name === 'zip' ? zipOf(small) : await (name === 'tar' ? tarOf(small) : tarGzOf(small)), name),
    ];
    for (const source of sources)
      for (const reads of [true, false]) {
        const stop = new AbortController();
        const reason = new Error('the task was cancelled');
        const choose = (head: EntryHead) => {
          if (!reads) stop.abort(reason);
          return reads ? readEach(head) : null;
        };
        const reading = async () => {
          for await (const entries of openArchive(source, wideLimits, choose, { signal: stop.signal }))
            if (entries.some(({ choice }) => choice.path === (source === sources[0] ? '39.conf' : '0.conf')))
              stop.abort(reason);
        };
        await expect(reading()).rejects.toBe(reason);
      }
  });

  it('gives what was read before a fault, then ends with it: here with what the choice throws', async () => {
    const source = new BufferSource(await build(), name);
    const problem = new Error('no such choice');
    const choose = (head: EntryHead) => {
      if (head.path === '3.conf') throw problem;
      return readEach(head);
    };
    const given: string[] = [];
    const reading = async () => {
      for await (const entries of openArchive(source, wideLimits, choose))
        given.push(...entries.map(({ choice }) => choice.path));
    };
    await expect(reading()).rejects.toBe(problem);
    expect(given).toEqual(['0.conf', '1.conf', '2.conf']);
    await allClosed(source.opened);
  });

  it('passes an error of the storage on as it is', async () => {
    const content = await build();
    const broken = Object.assign(new Error('connection reset'), { code: 'Z_DATA_ERROR' });
    const source: ArchiveSource = { name, bytes: content.length, open: (range) => failing(content, range, broken) };
    await expect(readAll(source)).rejects.toBe(broken);
  });

  it('blames the storage, not the upload, when bytes are missing at the end', async () => {
    const content = await build();
    const source: ArchiveSource = {
      name,
      bytes: content.length,
      open: (range) => Readable.from([content.subarray(range?.start ?? 0, content.length >> 1)], { objectMode: false }),
    };
    await expect(readAll(source)).rejects.toThrow(/The storage (delivered|ended)/);
    await expect(readAll(source)).rejects.not.toHaveProperty('entry');
  });

  it('tells how far it is, up to the last byte', async () => {
    const content = await build();
    const progress: number[] = [];
    const options = { onProgress: (bytes: number) => void progress.push(bytes) };
    const source = new BufferSource(content, name);
    let files = 0;
    for await (const entries of openArchive(source, wideLimits, readEach, options)) files += entries.length;
    expect(files).toBe(noise.length);
    expect(progress.at(-1)).toBe(content.length);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('works from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archive-'));
    await writeFile(join(folder, 'blob'), await build());
    const source = await FileArchiveSource.at(join(folder, 'blob'), name);
    expect(Object.keys((await readAll(source)).files)).toHaveLength(noise.length);
    await rm(folder, { recursive: true });
  });
});

async function allClosed(streams: readonly Readable[]): Promise<void> {
  // Not events.once: it would reject for the error that a stream cut short is closed with.
  for (const stream of streams) if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
  expect(streams.every((stream) => stream.destroyed)).toBe(true);
}

function stall(opened: PassThrough[]): Readable {
  const stream = new PassThrough();
  opened.push(stream);
  return stream;
}

/** Gives some bytes of what is asked for, then fails. */
function failing(content: Buffer, range: { start: number; end: number } | undefined, error: Error): Readable {
  const start = range?.start ?? 0;
  const give = start === 0 ? 1000 : 10;
  return Readable.from(
    (function* () {
      yield content.subarray(start, start + give);
      throw error;
    })(),
    { objectMode: false },
  );
}

function noiseOf(seed: number): Buffer {
  const bytes = Buffer.alloc(50_000);
  let state = seed + 1;
  for (let index = 0; index < bytes.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
