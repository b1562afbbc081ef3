import { gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { BufferSource, gnuLongNameOf, tarEntryOf, tarGzOf, tarOf, zipFlag, zipOf } from '@confscope/testing';
import fc from 'fast-check';
import type { ArchiveReport } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { openArchive } from './open-archive.ts';

const MIB = 1024 * 1024;
const LIMITS: ArchiveLimits = {
  maxArchiveBytes: 64 * MIB,
  maxEntries: 1000,
  maxRatio: 400,
  maxEntryBytes: MIB,
  maxPathBytes: 1024,
  maxDepth: 32,
};
const FILES = [
  { path: 'etc/apps/a/default/props.conf', content: '[x]\na = 1\n' },
  { path: 'etc/apps/ü/local/props.conf', content: '' },
  { path: 'etc/apps/b/metadata/default.meta', content: '[]\nexport = system\n'.repeat(500) },
];

interface Reading {
  files: Map<string, string>;
  report: ArchiveReport;
}

async function read(content: Buffer, limits: Partial<ArchiveLimits> = {}, name = 'upload.bin'): Promise<Reading> {
  const archive = openArchive(new BufferSource(content, name), { ...LIMITS, ...limits });
  const files = new Map<string, string>();
  for await (const entry of archive) files.set(entry.path, (await entry.read()).toString('utf8'));
  return { files, report: archive.report() };
}

async function faultOf(content: Buffer, limits: Partial<ArchiveLimits> = {}, name?: string): Promise<ArchiveFault> {
  const error: unknown = await read(content, limits, name).then(
    () => new Error('the archive was accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ArchiveFault) return error;
  throw error;
}

const expected = new Map(FILES.map((file) => [file.path, file.content]));

describe('an archive', () => {
  it.each([
    ['tar', () => tarOf(FILES)],
    ['tar.gz', () => tarGzOf(FILES)],
    ['zip', () => zipOf(FILES)],
    ['zip', () => zipOf(FILES.map((file) => ({ ...file, stored: true })))],
    ['zip', () => zipOf(FILES.map((file) => ({ ...file, descriptor: true })))],
    [
      'zip',
      () =>
        zipOf(
          FILES.map((file) => ({ ...file, zip64: true })),
          { zip64: true },
        ),
    ],
    ['zip', () => zipOf(FILES, { comment: Buffer.from('made by hand') })],
  ])('is recognised by its content and read whole: %s', async (format, make) => {
    const { files, report } = await read(await make());
    expect(files).toEqual(expected);
    expect(report).toMatchObject({ format, entries: 3, skippedCount: 0 });
  });

  it('may be a single conf or meta file, plain or gzipped', async () => {
    const text = Buffer.from('[x]\na = 1\n');
    expect((await read(text, {}, 'inputs.conf')).files).toEqual(new Map([['inputs.conf', '[x]\na = 1\n']]));
    const gzipped = await read(gzipSync(text), {}, 'local.meta.gz');
    expect(gzipped.files).toEqual(new Map([['local.meta', '[x]\na = 1\n']]));
    expect(gzipped.report.format).toBe('gzip');
  });

  it('may be a tar that ends at the boundary of an entry, without its two zero blocks', async () => {
    const parts = await Promise.all(FILES.map((file) => tarEntryOf(file)));
    expect((await read(Buffer.concat(parts))).files).toEqual(expected);
  });

  it('may have names of any length, in GNU and in PAX headers', async () => {
    const long = `etc/apps/${'x'.repeat(300)}/local/inputs.conf`;
    const gnu = Buffer.concat([await gnuLongNameOf({ path: long, content: 'gnu' }), Buffer.alloc(1024)]);
    expect((await read(gnu)).files).toEqual(new Map([[long, 'gnu']]));
    expect((await read(await tarOf([{ path: 'short', content: 'pax', pax: { path: long } }]))).files).toEqual(
      new Map([[long, 'pax']]),
    );
  });

  it('costs nothing for an entry that nobody reads', async () => {
    const big = { path: 'big.bin', content: Buffer.alloc(2 * MIB) };
    for (const content of [await tarGzOf([big, ...FILES]), zipOf([big, ...FILES])]) {
      const seen: string[] = [];
      for await (const entry of openArchive(new BufferSource(content, 'x'), LIMITS))
        if (entry.path.endsWith('.conf')) seen.push((await entry.read()).toString());
      expect(seen).toEqual(['[x]\na = 1\n', '']);
    }
  });

  it('lets go of its source when the reader leaves early', async () => {
    for (const content of [await tarGzOf(FILES), await tarOf(FILES), zipOf(FILES)]) {
      const source = new BufferSource(content, 'x', 512);
      for await (const entry of openArchive(source, LIMITS)) if (entry.path) break;
      await new Promise((resolve) => setImmediate(resolve));
      expect(source.opened.every((stream) => stream.destroyed)).toBe(true);
    }
  });

  it('stops with the reason it was given when it is told to', async () => {
    for (const content of [await tarGzOf(FILES), zipOf(FILES)]) {
      const stop = new AbortController();
      const archive = openArchive(new BufferSource(content, 'x', 64), LIMITS, { signal: stop.signal });
      const reason = new Error('time is over');
      const reading = (async () => {
        for await (const entry of archive) {
          await entry.read();
          stop.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
    }
  });

  it('passes on an error of the storage as it is, for it is not the fault of the archive', async () => {
    const away = Object.assign(new Error('storage away'), { code: 'EIO' });
    for (const content of [await tarGzOf(FILES), await tarOf(FILES), zipOf(FILES)]) {
      const source = {
        name: 'x',
        bytes: content.length,
        open: () =>
          Readable.from(
            (function* () {
              yield content.subarray(0, 40);
              throw away;
            })(),
            { objectMode: false },
          ),
      };
      const reading = (async () => {
        for await (const entry of openArchive(source, LIMITS)) await entry.read();
      })();
      await expect(reading).rejects.toBe(away);
    }
  });
});

describe('entries that are no files of the archive', () => {
  it.each([
    ['link', { path: 'a.conf', type: 'symlink', linkname: '/etc/passwd' }],
    ['link', { path: 'a.conf', type: 'link', linkname: 'b.conf' }],
    ['device', { path: 'a.conf', type: 'character-device' }],
    ['absolute-path', { path: 'x', pax: { path: '/etc/a.conf' } }],
    ['parent-path', { path: 'x', pax: { path: 'a/../../b.conf' } }],
    ['parent-path', { path: 'x', pax: { path: 'a\\..\\b.conf' } }],
    ['absolute-path', { path: 'x', pax: { path: 'C:\\etc\\b.conf' } }],
    ['unsupported-type', { path: 'sparse.conf', rawType: 'S' }],
    ['junk', { path: '__MACOSX/a.conf' }],
    ['junk', { path: 'apps/._a.conf' }],
  ] as const)('are left out of a tar and listed: %s', async (reason, file) => {
    const { files, report } = await read(await tarOf([file, ...FILES]));
    expect(files).toEqual(expected);
    expect(report.skipped.map((skipped) => skipped.reason)).toEqual([reason]);
  });

  it.each([
    ['link', { path: 'a.conf', content: '/etc/passwd', unixMode: 0o120777 }],
    ['absolute-path', { path: '/etc/a.conf' }],
    ['parent-path', { path: '../a.conf' }],
    ['nul-in-path', { path: 'a.conf\0.png' }],
    ['too-deep', { path: `${'d/'.repeat(40)}a.conf` }],
    ['path-too-long', { path: `${'d'.repeat(2000)}.conf` }],
  ])('are left out of a zip and listed: %s', async (reason, file) => {
    const { files, report } = await read(zipOf([file, ...FILES]));
    expect(files).toEqual(expected);
    expect(report.skipped.map((skipped) => skipped.reason)).toEqual([reason]);
  });

  it('are the second of two entries of one path', async () => {
    const twice = [...FILES, { path: FILES[0]?.path ?? '', content: 'other' }];
    for (const content of [await tarOf(twice), zipOf(twice)]) {
      const { files, report } = await read(content);
      expect(files).toEqual(expected);
      expect(report.skipped).toEqual([{ path: FILES[0]?.path, reason: 'duplicate' }]);
    }
  });
});

describe('an archive at fault', () => {
  it.each([
    ['rar', Buffer.from('Rar!\x1a\x07\x01\x00 and more')],
    ['7-Zip', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4])],
    ['PDF', Buffer.from('%PDF-1.7\n')],
    ['', Buffer.alloc(0)],
    ['', Buffer.from('just some text')],
    ['', Buffer.alloc(5000, 7)],
  ])('is refused when it is none, and the message says what it looks like: %s', async (what, content) => {
    const fault = await faultOf(content);
    expect(fault.code).toBe('not-an-archive');
    expect(fault.message.toLowerCase()).toContain(what.toLowerCase());
  });

  it('is refused wherever a tar.gz, a tar inside an entry, or a zip is cut off', async () => {
    const gz = await tarGzOf(FILES);
    const tar = await tarOf(FILES);
    const zip = zipOf(FILES);
    expect((await faultOf(gz.subarray(0, gz.length - 20))).code).toBe('truncated');
    expect((await faultOf(tar.subarray(0, 512 + 4))).code).toBe('truncated');
    expect(['truncated', 'not-an-archive']).toContain((await faultOf(zip.subarray(0, zip.length - 30))).code);
  });

  it.each([
    ['crc-mismatch', zipOf([{ path: 'a.conf', content: 'abc', central: { crc32: 1 }, local: { crc32: 1 } }])],
    ['size-mismatch', zipOf([{ path: 'a.conf', content: 'abc', central: { bytes: 2 }, local: { bytes: 2 } }])],
    ['encrypted', zipOf([{ path: 'a.conf', content: 'abc', central: { flags: zipFlag.encrypted } }])],
    [
      'unsupported-compression',
      zipOf([{ path: 'a.conf', content: 'abc', central: { method: 12 }, local: { method: 12 } }]),
    ],
    ['header-mismatch', zipOf([{ path: 'a.conf', content: 'abc', local: { name: Buffer.from('b.conf') } }])],
    ['header-mismatch', zipOf([{ path: 'a.conf', content: 'abc', local: { method: 0 } }])],
    ['corrupt', zipOf([{ path: 'a.conf', content: 'abc', rawData: Buffer.from([0xff, 0xff, 0xff]) }])],
    [
      'overlapping-entries',
      zipOf([FILES[0], { path: 'b.conf', content: 'x', central: { offset: 0 } }].flatMap((f) => f ?? [])),
    ],
    ['unsupported-format', zipOf(FILES, { disk: 3 })],
  ])('is a zip with: %s', async (code, content) => {
    const fault = await faultOf(content);
    expect(fault.code).toBe(code);
    if (code !== 'unsupported-format' && code !== 'overlapping-entries') expect(fault.message).toContain('a.conf');
  });

  it('is a tar with a broken header, and the message names the entry before it', async () => {
    const [first, second] = await Promise.all([tarEntryOf(FILES[0] as never), tarEntryOf(FILES[2] as never)]);
    second?.fill(1, 0, 50);
    const fault = await faultOf(Buffer.concat([first, second]));
    expect(fault).toMatchObject({ code: 'corrupt', entry: FILES[0]?.path });
  });

  it('is a gzip with a wrong checksum', async () => {
    const gz = await tarGzOf(FILES);
    gz.writeUInt32LE(1, gz.length - 8);
    expect(['corrupt', 'crc-mismatch']).toContain((await faultOf(gz)).code);
  });
});

describe('a limit of an archive', () => {
  const many = Array.from({ length: 50 }, (_, i) => ({ path: `a${i}.conf`, content: 'x' }));
  const big = [{ path: 'a.conf', content: Buffer.alloc(12 * MIB) }];

  it.each([
    ['ARCHIVE_MAX_ENTRIES', 'too-many-entries', many, { maxEntries: 49 }],
    ['ENTRY_MAX_BYTES', 'entry-too-large', big, { maxRatio: 1e9 }],
    ['ARCHIVE_MAX_RATIO', 'ratio-exceeded', big, { maxEntryBytes: 20 * MIB, maxRatio: 100 }],
    [
      'ARCHIVE_MAX_BYTES',
      'archive-too-large',
      big,
      { maxEntryBytes: 20 * MIB, maxRatio: 1e9, maxArchiveBytes: 5 * MIB },
    ],
  ] as const)('refuses by its name: %s', async (limit, code, files, limits) => {
    for (const content of [await tarGzOf(files), zipOf(files)]) {
      const fault = await faultOf(content, limits);
      expect(fault).toMatchObject({ code, limit });
      expect(fault.message).toContain(limit);
    }
  });

  it('is not fooled by what the end of a zip claims', async () => {
    expect((await faultOf(zipOf(FILES, { claimedEntries: 60_000 }))).limit).toBe('ARCHIVE_MAX_ENTRIES');
    const absurd = await faultOf(zipOf(FILES, { claimedDirectoryBytes: 0x7fff_ffff }));
    expect(['corrupt', 'truncated', 'too-many-entries']).toContain(absurd.code);
  });
});

describe('any bytes', () => {
  const damaged = (whole: Buffer) =>
    fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }).map((changes) => {
      const copy = Buffer.from(whole);
      for (const [at, byte] of changes) copy[at] = byte;
      return copy;
    });

  it('end in entries with harmless paths or in a fault of the archive, never in another error', async () => {
    const wholes = [await tarOf(FILES), await tarGzOf(FILES), zipOf(FILES), zipOf(FILES, { zip64: true })];
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }).map((a) => Buffer.from(a)),
      ...wholes.map(damaged),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        try {
          const { files } = await read(content, {}, 'x.conf');
          for (const path of files.keys()) expect(path).not.toMatch(/^\/|^[a-z]:|(^|\/)\.\.(\/|$)|\0|\\/i);
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveFault);
        }
      }),
      { numRuns: 400 },
    );
  });
});
