import { BufferSource, type ZipFile, zipFlag, zipOf, type ZipOptions } from '@confscope/testing';
import { openArchive } from './open-archive.ts';
import { faultOf, listEach, readAll, readEach, wideLimits } from './read-all.fixture.ts';

const zip = (files: readonly ZipFile[], options?: ZipOptions) => new BufferSource(zipOf(files, options), 'upload.bin');
const bytes = (content: Buffer) => new BufferSource(content, 'upload.bin');
const two: ZipFile[] = [
  { path: 'a/inputs.conf', content: '[x]\n'.repeat(50) },
  { path: 'a/props.conf', content: 'y', stored: true },
  { path: 'a/empty.conf' },
];
const expected = { 'a/inputs.conf': '[x]\n'.repeat(50), 'a/props.conf': 'y', 'a/empty.conf': '' };

describe('a zip', () => {
  it.each([
    ['deflated or stored', two, {}],
    ['with sizes behind the data', two.map((file) => ({ ...file, descriptor: true })), {}],
    ['in zip64', two.map((file) => ({ ...file, zip64: true })), { zip64: true }],
    [
      'in zip64 with sizes behind the data',
      two.map((file) => ({ ...file, zip64: true, descriptor: true })),
      { zip64: true },
    ],
    ['behind the program that unpacks it', two, { prefix: Buffer.from(`MZ${'program '.repeat(1000)}`) }],
    ['in zip64 behind a program', two, { zip64: true, prefix: Buffer.from('#!/bin/sh\n') }],
    ['with a comment that looks like an end', two, { comment: Buffer.from('PK\x05\x06 and more of a comment text') }],
  ] as const)('is read %s', async (_, files, options) => {
    const result = await readAll(zip(files, options));
    expect(result.files).toEqual(expected);
    expect(result.report).toMatchObject({ format: 'zip', entries: 3, inflatedBytes: 201 });
  });

  it('may be empty, and may be followed by rubbish', async () => {
    expect((await readAll(zip([]))).report).toMatchObject({ format: 'zip', entries: 0 });
    expect((await readAll(bytes(Buffer.concat([zipOf(two), Buffer.from('rubbish')])))).files).toEqual(expected);
  });

  it('inflates nothing that is not read, in any order of the directory', async () => {
    const archive = openArchive(
      zip([{ path: 'huge.bin', content: 'x', central: { bytes: 2 ** 31 } }, ...two]),
      wideLimits,
      listEach,
    );
    const paths: string[] = [];
    for await (const entries of archive) paths.push(...entries.map(({ choice }) => choice.path));
    expect(paths).toEqual(['huge.bin', 'a/inputs.conf', 'a/props.conf', 'a/empty.conf']);
    expect(archive.report().inflatedBytes).toBe(0);
  });

  it('gives entries in the order of their bytes', async () => {
    const first = zipOf([
      { path: 'a.conf', content: 'one' },
      { path: 'b.conf', content: 'two' },
    ]);
    const { files } = await readAll(bytes(swappedDirectory(first)));
    expect(Object.entries(files)).toEqual([
      ['a.conf', 'one'],
      ['b.conf', 'two'],
    ]);
  });

  it('gives entries together up to 256 KiB or a thousand', async () => {
    const large = Array.from({ length: 8 }, (_, index) => ({ path: `${index}.conf`, content: 'x'.repeat(200_000) }));
    const sizesOf = async (files: readonly ZipFile[]): Promise<number[]> => {
      const sizes: number[] = [];
      const limits = { ...wideLimits, maxEntries: 3000 };
      for await (const entries of openArchive(zip(files), limits, readEach)) sizes.push(entries.length);
      return sizes;
    };
    expect(await sizesOf(large)).toEqual([2, 2, 2, 2]);
    expect(await sizesOf(Array.from({ length: 2500 }, (_, index) => ({ path: `${index}.conf` })))).toEqual([
      1024, 1024, 452,
    ]);
  });

  it('reads names without the UTF-8 flag as UTF-8 or windows-1252', async () => {
    const named = [Buffer.from('grün.conf'), Buffer.from('gr\xfcn2.conf', 'latin1')];
    const { files } = await readAll(zip(named.map((rawName, index) => ({ path: '', rawName, content: `${index}` }))));
    expect(files).toEqual({ 'grün.conf': '0', 'grün2.conf': '1' });
  });

  it('leaves out links, devices, escapes and repeated paths, and says so', async () => {
    const { files, report } = await readAll(
      zip([
        { path: 'folder/' },
        { path: 'dir', unixMode: 0o040755 },
        { path: 'link.conf', unixMode: 0o120777, content: '/etc/passwd', stored: true },
        { path: 'pipe', unixMode: 0o010644 },
        { path: '..\\evil.conf', content: 'x' },
        { path: 'nul\0.conf', content: 'x' },
        { path: 'ok.conf', content: 'first' },
        { path: './ok.conf', content: 'second' },
      ]),
    );
    expect(files).toEqual({ 'ok.conf': 'second' });
    expect(report.entries).toBe(8);
    expect(report.skipped.map(({ reason }) => reason)).toEqual(['link', 'device', 'parent-path', 'nul-in-path']);
    expect(report.repeats).toBeNull();
  });

  it('gives the last of several entries of a path, as unpacking leaves it', async () => {
    const { files, report } = await readAll(
      zip([
        { path: 'a.conf', content: '1' },
        { path: 'b.conf', content: '1' },
        { path: 'a.conf', content: '2' },
        { path: 'c.conf', content: '1' },
        { path: './a.conf', content: '3' },
        { path: 'c.conf', content: '2' },
      ]),
    );
    expect(files).toEqual({ 'a.conf': '3', 'b.conf': '1', 'c.conf': '2' });
    expect(report).toMatchObject({ skippedCount: 0, repeats: null });
  });
});

describe('a zip at fault', () => {
  const one = (file: Partial<ZipFile>) => zip([{ path: 'a.conf', content: 'abcabcabcabcabcabc', ...file }]);
  const shared = { path: 'b.conf', content: 'abc', stored: true, central: { offset: 0 } };

  it.each([
    ['truncated', bytes(zipOf(two).subarray(0, 100))],
    ['crc-mismatch', one({ local: { crc32: 1 }, central: { crc32: 1 } })],
    ['size-mismatch', one({ central: { bytes: 5 }, local: { bytes: 5 } })],
    ['size-mismatch', one({ central: { bytes: 50 }, local: { bytes: 50 } })],
    ['corrupt', one({ rawData: Buffer.from([0xff, 0xff, 0xff]) })],
    ['encrypted', one({ local: { flags: zipFlag.encrypted }, central: { flags: zipFlag.encrypted } })],
    ['unsupported-compression', one({ local: { method: 12 }, central: { method: 12 } })],
    ['header-mismatch', one({ local: { name: Buffer.from('b.conf') } })],
    ['header-mismatch', one({ local: { method: 0 } })],
    ['header-mismatch', one({ local: { bytes: 3 } })],
    ['header-mismatch', one({ local: { flags: zipFlag.encrypted } })],
    ['header-mismatch', one({ stored: true, central: { offset: 4, compressedBytes: 1 } })],
    ['overlapping-entries', zip([{ path: 'a.conf', content: 'abc', stored: true }, shared])],
    [
      'overlapping-entries',
      one({
        stored: true,
        local: { name: Buffer.from('./././a.conf'), compressedBytes: 24 },
        central: { compressedBytes: 24 },
      }),
    ],
    ['corrupt', one({ central: { offset: 1_000_000 } })],
    ['corrupt', zip(two, { claimedEntries: 4 })],
    ['corrupt', zip(two, { claimedEntries: 2 })],
    ['corrupt', zip(two, { zip64: true, claimedDirectoryBytes: 2 ** 50 })],
    ['corrupt', zip(two, { claimedDirectoryBytes: 100 })],
    ['too-many-entries', zip(two, { zip64: true, claimedEntries: 2 ** 40 })],
    ['unsupported-format', zip(two, { disk: 1 })],
    ['unsupported-format', bytes(Buffer.from('PK\x07\x08 part of a split zip'))],
  ] as const)('is refused as %s (%#)', async (code, source) => {
    const fault = await faultOf(source);
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(/again|Split/);
  });

  it.each([
    ['too-many-entries', 'ARCHIVE_MAX_ENTRIES', { maxEntries: 2 }],
    ['archive-too-large', 'ARCHIVE_MAX_BYTES', { maxArchiveBytes: 200 }],
    ['entry-too-large', 'ENTRY_MAX_BYTES', { maxEntryBytes: 199 }],
  ] as const)('is refused as %s by the limit %s', async (code, limit, limits) => {
    expect(await faultOf(zip(two), limits)).toMatchObject({ code, limit });
  });

  it('is a bomb when a little claims to inflate to a lot', async () => {
    const source = one({ content: Buffer.alloc(12 * 1024 * 1024) });
    expect(await faultOf(source)).toMatchObject({
      code: 'ratio-exceeded',
      limit: 'ARCHIVE_MAX_RATIO',
      entry: 'a.conf',
    });
  });
});

/** Puts the second of two equally long directory records first. */
function swappedDirectory(content: Buffer): Buffer {
  const start = content.readUInt32LE(content.length - 22 + 16);
  const half = content.readUInt32LE(content.length - 22 + 12) / 2;
  const parts = [content.subarray(0, start), content.subarray(start + half, start + 2 * half)];
  return Buffer.concat([...parts, content.subarray(start, start + half), content.subarray(start + 2 * half)]);
}
