import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BufferSource, gnuLongNameOf, tarOf, zipOf } from '@confscope/testing';
import fc from 'fast-check';
import { ArchiveFault } from './archive-fault.ts';
import { FileArchiveSource } from './file-archive-source.ts';
import { readAll } from './read-all.fixture.ts';

const files = [
  { path: 'etc/apps/a/local/inputs.conf', content: '[monitor:///var/log]\nindex = main\n' },
  { path: 'etc/apps/a/metadata/local.meta', content: '[]\nowner = admin\n'.repeat(40) },
  { path: '../outside.conf', content: 'x' },
];
const tar = Buffer.concat([
  await gnuLongNameOf({ path: `long/${'x'.repeat(200)}`, content: 'y' }),
  await tarOf([...files, { path: 'p', pax: { path: 'extended.conf' } }]),
]);
const zip = zipOf(
  files.map((file, index) => ({ ...file, descriptor: index === 1, zip64: index === 0 })),
  { zip64: true },
);

const damage = fc.record({
  flips: fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 1, max: 255 }) }), { maxLength: 8 }),
  keep: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4 }),
  chunkBytes: fc.integer({ min: 1, max: 2000 }),
});

describe.each([
  ['tar', tar, (content: Buffer) => content],
  ['tar.gz', gzipSync(tar), (content: Buffer) => content],
  // The damage done before compression gets past the checks of gzip.
  ['tar damaged before it was gzipped', tar, (content: Buffer) => gzipSync(content)],
  ['zip', zip, (content: Buffer) => content],
])('a damaged %s', (_, original, finish) => {
  it('ends, in entries with safe paths or in a fault, and in nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ flips, keep, chunkBytes }) => {
        const content = Buffer.from(original);
        for (const { at, byte } of flips) content[at % content.length] = (content[at % content.length] ?? 0) ^ byte;
        const cut = keep === null ? content : content.subarray(0, Math.floor(content.length * keep));
        const outcome = await readAll(new BufferSource(finish(cut), 'upload', chunkBytes)).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ArchiveFault);
        else
          for (const path of Object.keys((outcome as { files: object }).files))
            expect(path).not.toMatch(/^\/|^[a-z]:|(^|\/)\.\.(\/|$)|\\|\0/i);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a gzip of a few damaged bytes in a file', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'confscope-damaged-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the fault of the archive and not of its storage, though the storage is told first', async () => {
    const path = join(folder, 'a.tgz');
    writeFileSync(path, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    await expect(readAll(await FileArchiveSource.at(path))).rejects.toMatchObject({
      name: 'ArchiveFault',
      code: 'corrupt',
    });
  });
});
