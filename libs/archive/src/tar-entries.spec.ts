import { gzipSync } from 'node:zlib';
import {
  BufferSource,
  gnuLongNameOf,
  tarBlockBytes,
  tarEntryOf,
  type TarFile,
  tarGzOf,
  tarOf,
} from '@confscope/testing';
import fc from 'fast-check';
import { type EntryHead } from './archive-entry.ts';
import { openArchive } from './open-archive.ts';
import { faultOf, listEach, readAll, wideLimits } from './read-all.fixture.ts';

const file = (content: Buffer, name = 'upload.bin') => new BufferSource(content, name);
const two: TarFile[] = [
  { path: 'a/inputs.conf', content: '[x]\n' },
  { path: 'a/empty.conf' },
  { path: 'a/props.conf', content: 'y'.repeat(2000) },
];

describe('a tar', () => {
  it('is read whole, plain or gzipped, whatever its name says', async () => {
    const expected = { 'a/inputs.conf': '[x]\n', 'a/empty.conf': '', 'a/props.conf': 'y'.repeat(2000) };
    const plain = await readAll(file(await tarOf(two), 'wrong.zip'));
    expect(plain.files).toEqual(expected);
    expect(plain.report).toMatchObject({ format: 'tar', entries: 3, skippedCount: 0 });
    const gzipped = await readAll(file(await tarGzOf(two), 'wrong.conf'));
    expect(gzipped.files).toEqual(expected);
    expect(gzipped.report.format).toBe('tar.gz');
  });

  it('may arrive in pieces of any size', async () => {
    const { files } = await readAll(new BufferSource(await tarGzOf(two), 'a.tgz', 7));
    expect(Object.keys(files)).toHaveLength(3);
  });

  it('may be several gzip members with zeros behind them', async () => {
    const tar = await tarOf(two);
    const members = [gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700)), Buffer.alloc(1000)];
    expect(Object.keys((await readAll(file(Buffer.concat(members)))).files)).toHaveLength(3);
  });

  it('may end at an entry without its two zero blocks, or hold nothing at all', async () => {
    const cut = (await tarOf(two)).subarray(0, -2 * tarBlockBytes);
    expect(Object.keys((await readAll(file(cut))).files)).toHaveLength(3);
    expect((await readAll(file(await tarOf([])))).report).toMatchObject({ format: 'tar', entries: 0 });
  });

  it('runs past what is not chosen or not to be read, however large, and keeps the order of the rest', async () => {
    const large = { path: 'a/lookup.csv', content: 'z'.repeat(1024 * 1024) };
    const choose = (head: EntryHead) =>
      head.path.endsWith('empty.conf') ? null : { ...head, reads: head.path.endsWith('props.conf') };
    const limits = { ...wideLimits, maxEntryBytes: 2000 };
    const entries = [];
    for await (const some of openArchive(file(await tarOf([large, ...two])), limits, choose)) entries.push(...some);
    expect(
      entries.map(({ choice, content }) => [choice.path, choice.bytes, content && String(content).length]),
    ).toEqual([
      ['a/lookup.csv', 1024 * 1024, null],
      ['a/inputs.conf', 4, null],
      ['a/props.conf', 2000, 2000],
    ]);
  });

  it('may hold folders that have a size, for which no data follows', async () => {
    const folder: TarFile = { path: 'a/', type: 'directory', rawSize: 1000 };
    const extended: TarFile = { path: 'b/', type: 'directory', pax: { size: '2000' } };
    const tar = await tarOf([folder, extended, ...two]);
    for (const content of [tar, gzipSync(tar)])
      expect((await readAll(file(content))).report).toMatchObject({ entries: 5, skippedCount: 0 });
  });

  it('keeps long names, extended names, and names in other encodings', async () => {
    const long = `${'d/'.repeat(15)}${'n'.repeat(150)}.conf`;
    const extended = `ü/${'m'.repeat(300)}.conf`;
    const latin1 = await tarEntryOf({ path: 'x', content: '3', rawName: Buffer.from('gr\xfcn.conf', 'latin1') });
    const parts = [
      await gnuLongNameOf({ path: long, content: '1' }),
      await tarEntryOf({ path: extended, content: '2' }),
      latin1,
    ];
    expect((await readAll(file(Buffer.concat(parts)))).files).toEqual({
      [long]: '1',
      [extended]: '2',
      'grün.conf': '3',
    });
  });

  it('leaves out symbolic links, devices and escapes, and says so; and what macOS adds', async () => {
    const { files, report } = await readAll(
      file(
        await tarOf([
          { path: 'ok.conf', content: 'first' },
          { path: 'link.conf', type: 'symlink', linkname: '/etc/passwd' },
          { path: 'hard.conf', type: 'link', linkname: 'ok.conf' },
          { path: 'pipe', type: 'fifo' },
          { path: 'disk', type: 'block-device' },
          { path: 'folder', type: 'directory' },
          { path: '../evil.conf', content: 'x' },
          { path: 'x', rawName: Buffer.from('/abs.conf'), content: 'x' },
          { path: '._ok.conf', content: 'x' },
          { path: './ok.conf', content: 'second' },
          { path: 'sparse.conf', content: 'x', rawType: 'S' },
          { path: 'pax-sparse.conf', content: 'x', pax: { 'GNU.sparse.major': '1' } },
        ]),
      ),
    );
    expect(files).toEqual({ 'ok.conf': 'first' });
    expect(report.entries).toBe(12);
    expect(report.skipped.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'link.conf link',
      'pipe device',
      'disk device',
      '../evil.conf parent-path',
      '/abs.conf absolute-path',
      'sparse.conf unsupported-type',
      'pax-sparse.conf unsupported-type',
    ]);
  });

  describe('that holds a file more than once', () => {
    const entries = [
      { path: 'a.conf', content: 'old' },
      { path: 'b.conf', type: 'link', linkname: './a.conf' },
      { path: 'c.conf', content: 'c' },
      { path: './a.conf', content: 'new' },
      { path: 'd.conf', type: 'link', linkname: 'c.conf' },
      { path: 'e/d.conf', type: 'link', linkname: 'c.conf' },
      { path: 'c.conf', type: 'link', linkname: 'c.conf' },
      { path: 'f.conf', type: 'link', linkname: 'c.conf' },
      { path: 'f.conf', content: 'f' },
      { path: 'g.conf', type: 'link', linkname: 'a.conf' },
      { path: 'h.conf', content: 'h' },
      { path: 'h.conf', type: 'link', linkname: 'b.conf' },
      { path: 'away.conf', type: 'link', linkname: 'nowhere.conf' },
      { path: 'out.conf', type: 'link', linkname: '/etc/passwd' },
    ] as const;

    it('gives the last entry of a path and the content of hard links to a second reading', async () => {
      const tar = file(await tarOf(entries));
      const first = await readAll(tar);
      expect(first.files).toEqual({ 'a.conf': 'old', 'c.conf': 'c', 'f.conf': 'f', 'h.conf': 'h' });
      const second = await readAll(tar, {}, first.report.repeats);
      expect(second.files).toEqual({
        ...{ 'a.conf': 'new', 'b.conf': 'old', 'c.conf': 'c', 'd.conf': 'c', 'e/d.conf': 'c' },
        ...{ 'f.conf': 'f', 'g.conf': 'new', 'h.conf': 'old' },
      });
      for (const { report } of [first, second])
        expect(report.skipped.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
          'away.conf link',
          'out.conf link',
        ]);
      expect(second.report.repeats).toBeNull();
    });

    it('gives what unpacking leaves, whatever comes again and is linked to what', async () => {
      const path = fc.constantFrom('a.conf', 'b.conf', 'c.conf', 'd.conf');
      const entry = fc.oneof(
        fc.record({ path, content: fc.nat().map(String) }),
        fc.record({ path, type: fc.constant('link' as const), linkname: path }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (some) => {
          const unpacked = new Map<string, string>();
          const unknown: string[] = [];
          for (const one of some) {
            const content = 'linkname' in one ? unpacked.get(one.linkname) : one.content;
            if (content !== undefined) unpacked.set(one.path, content);
            else if ('linkname' in one && one.linkname !== one.path) unknown.push(one.path);
          }
          const tar = file(await tarOf([{ path: 'first.conf' }, ...some]));
          const { report } = await readAll(tar);
          const last = report.repeats ? await readAll(tar, {}, report.repeats) : await readAll(tar);
          expect(last.files).toEqual({ 'first.conf': '', ...Object.fromEntries(unpacked) });
          for (const { skipped } of [report, last.report]) expect(skipped.map((left) => left.path)).toEqual(unknown);
        }),
      );
    });

    it('needs no second reading when nobody has chosen it', async () => {
      const archive = openArchive(file(await tarOf(entries)), wideLimits, () => null);
      for await (const some of archive) expect(some).toEqual([]);
      expect(archive.report().repeats).toBeNull();
    });

    it('costs what it stands for', async () => {
      const links = Array.from(
        { length: 9 },
        (_, i) => ({ path: `${i}.conf`, type: 'link', linkname: 'a.conf' }) as const,
      );
      const tar = file(await tarOf([{ path: 'a.conf', content: 'x'.repeat(10_000) }, ...links]));
      const limits = { maxArchiveBytes: 50_000 };
      const { report } = await readAll(tar, limits);
      await expect(readAll(tar, limits, report.repeats)).rejects.toMatchObject({
        code: 'archive-too-large',
        message: expect.stringContaining("at '3.conf'") as string,
      });
    });
  });
});

describe('a tar at fault', () => {
  const damagedHeader = async () => {
    const tar = await tarOf([{ path: 'good.conf' }, { path: 'next.conf' }]);
    tar.write('XXXX', tarBlockBytes + 20);
    return tar;
  };

  it.each([
    ['truncated', null, async () => (await tarOf(two)).subarray(0, 600)],
    ['truncated', null, async () => (await tarGzOf(two)).subarray(0, -20)],
    ['truncated', 'a/props.conf', async () => (await tarOf(two)).subarray(0, 3000)],
    ['corrupt', 'good.conf', damagedHeader],
    ['corrupt', 'good.conf', async () => gzipSync(await damagedHeader())],
    ['crc-mismatch', null, async () => patched(await tarGzOf(two), -8)],
    ['corrupt', null, async () => patched(await tarGzOf(two), 12)],
    ['corrupt', 'bad.conf', () => tarOf([{ path: 'bad.conf', pax: manyKeys() }])],
    [
      'unsupported-format',
      'sparse.conf',
      async () =>
        Buffer.concat([
          await tarEntryOf({ path: 'sparse.conf', rawType: 'S' }),
          Buffer.alloc(tarBlockBytes, 1),
          await tarOf(two),
        ]),
    ],
  ] as const)('is refused as %s, naming %s', async (code, entry, content) => {
    const fault = await faultOf(file(await content()));
    expect(fault.code).toBe(code);
    if (entry !== null) expect(fault.entry).toBe(entry);
    expect(fault.message).toMatch(/again|keys/);
  });

  it.each([
    ['too-many-entries', 'ARCHIVE_MAX_ENTRIES', { maxEntries: 2 }],
    ['archive-too-large', 'ARCHIVE_MAX_BYTES', { maxArchiveBytes: 3000 }],
    ['entry-too-large', 'ENTRY_MAX_BYTES', { maxEntryBytes: 1999 }],
  ] as const)('is refused as %s by the limit %s', async (code, limit, limits) => {
    expect(await faultOf(file(await tarGzOf(two)), limits)).toMatchObject({ code, limit });
  });

  it('is a bomb when a little inflates to a lot, and is refused before it is inflated', async () => {
    const bomb = await tarGzOf([{ path: 'zeros.conf', content: Buffer.alloc(100 * 1024 * 1024) }]);
    const archive = openArchive(file(bomb), wideLimits, listEach);
    const reading = async () => {
      for await (const entries of archive) void entries;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'ratio-exceeded', limit: 'ARCHIVE_MAX_RATIO' });
    expect(archive.report().inflatedBytes).toBeLessThan(12 * 1024 * 1024);
  });

  it('is refused for the first fault in it, in whatever pieces it arrives', async () => {
    const tar = Buffer.concat([await damagedHeader(), Buffer.alloc(600_000)]);
    const packed = patched(gzipSync(tar, { level: 0 }), -8);
    for (const chunkBytes of [100, 1000, packed.length])
      await expect(readAll(new BufferSource(packed, 'a.tgz', chunkBytes))).rejects.toMatchObject({
        code: 'corrupt',
        entry: 'good.conf',
      });
  });
});

function patched(content: Buffer, at: number): Buffer {
  const index = at < 0 ? content.length + at : at;
  content[index] = (content[index] ?? 0) ^ 0xff;
  return content;
}

function manyKeys(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`vendor.key${index}`, 'v']));
}
