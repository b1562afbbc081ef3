import type { ManifestLine } from './manifest-line.ts';
import { comparePaths, sortByPath, treeName, treePrefixChars } from './manifest-names.ts';
import { segmentsOf } from './manifest-segments.ts';

const line = (path: string, more: Partial<ManifestLine> = {}): ManifestLine => ({
  path,
  kind: 'conf',
  conf: 'props',
  app: 'a',
  scope: 'app',
  layer: 'local',
  owner: null,
  bytes: 3,
  sha256: 'ab',
  ignoredReason: null,
  fileId: 1,
  stanzaCount: 1,
  reused: false,
  ...more,
});

describe('the trees of a manifest', () => {
  it('hold the files below the folder of one app', () => {
    expect(treePrefixChars('etc/apps/a/default/props.conf')).toBe('etc/apps/a/'.length);
    expect(treePrefixChars('default/props.conf')).toBe(0);
    expect(treePrefixChars('props.conf')).toBe(0);
  });

  it('are cut where the folder changes, in byte order of the paths', () => {
    const paths = [
      'z.conf',
      'etc/apps/b/local/x.conf',
      'etc/apps/a/local/y.conf',
      'a/b.conf',
      'etc/apps/a/default/x.conf',
    ];
    const segments = segmentsOf(paths.map((path) => line(path)));
    expect(segments.map(({ lines }) => lines.map(({ path }) => path))).toEqual([
      ['a/b.conf'],
      ['etc/apps/a/default/x.conf', 'etc/apps/a/local/y.conf'],
      ['etc/apps/b/local/x.conf'],
      ['z.conf'],
    ]);
  });

  it('never overlap where a folder lies in between the files of another one', () => {
    const paths = ['x/a/b/1.conf', 'x/a/b/c/d/2.conf', 'x/a/z/3.conf'];
    expect(segmentsOf(paths.map((path) => line(path))).map(({ firstPath }) => firstPath)).toEqual(paths);
  });

  it('are taken as stored only when all of their lines stand together', () => {
    const tree = { id: 7, fileCount: 2, stanzaCount: 2 };
    const [one, two, late] = ['a/b/l/1.conf', 'a/b/l/2.conf', 'a/b/l/3.conf'].map((path) => line(path, { tree }));
    expect(segmentsOf([two, one] as ManifestLine[])[0]?.tree).toBe(tree);
    expect(segmentsOf([one] as ManifestLine[])[0]?.tree).toBeNull();
    delete late?.tree;
    expect(segmentsOf([one, two, late] as ManifestLine[])[0]?.tree).toBeNull();
  });

  it('have a name that each part of a line changes, but not the folder they lie in', () => {
    const name = (more: Partial<ManifestLine>) => treeName([line('etc/apps/a/local/props.conf', more)]);
    const plain = name({});
    expect(name({ path: 'other/apps/a/local/props.conf' })).toBe(plain);
    const changes: Partial<ManifestLine>[] = [
      { path: 'etc/apps/a/default/props.conf' },
      { kind: 'meta' },
      { conf: null },
      { conf: '' },
      { app: 'b' },
      { scope: 'system' },
      { layer: null },
      { owner: 'u' },
      { sha256: 'cd' },
      { kind: 'ignored', bytes: 3 },
      { kind: 'ignored', bytes: null },
      { ignoredReason: 'backup' },
    ];
    const names = changes.map(name);
    expect(new Set([plain, ...names]).size).toBe(changes.length + 1);
  });

  it('counts characters of the prefix, not UTF-16 units', () => {
    expect(segmentsOf([line('𝒳/𝒴/local/a.conf')])[0]?.prefixChars).toBe(4);
  });
});

describe('the order of paths', () => {
  it('is that of their bytes, whatever the characters', () => {
    const paths = ['a/b', 'a-b/c', 'a', 'ab', 'Z', 'é', '\u{1F600}', '\uFF21', '中', ''];
    const byBytes = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(paths.toSorted(comparePaths)).toEqual(byBytes);
    expect(sortByPath(paths.map((path) => ({ path }))).map(({ path }) => path)).toEqual(byBytes);
    const plain = paths.filter((path) => !/[\ud800-\uffff]/.test(path));
    expect(sortByPath(plain.map((path) => ({ path })))).toEqual(
      byBytes.filter((path) => plain.includes(path)).map((path) => ({ path })),
    );
  });
});
