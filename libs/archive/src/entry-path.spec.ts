import { decodeName, entryPath, printableName } from './entry-path.ts';

const limits = { maxPathBytes: 20, maxDepth: 3 };

describe('the path of an entry', () => {
  it.each([
    ['./apps//search/./inputs', 'apps/search/inputs'],
    ['apps\\search\\a.conf', 'apps/search/a.conf'],
    ['apps/..hidden/a...', 'apps/..hidden/a...'],
    ['ä/ö.conf', 'ä/ö.conf'],
    ['./ä/ö.conf', 'ä/ö.conf'],
    ['.//ä/ö.conf', 'ä/ö.conf'],
    ['__MACOSX_/.a/b', '__MACOSX_/.a/b'],
  ])('%j is normalised to %j', (name, path) => {
    expect(entryPath(name, limits)).toEqual({ path });
  });

  it.each([
    ['/etc/passwd', 'absolute-path'],
    ['\\\\server\\share', 'absolute-path'],
    ['C:\\a.conf', 'absolute-path'],
    ['./c:/a.conf', 'absolute-path'],
    ['a/../../b', 'parent-path'],
    ['a\\..\\b', 'parent-path'],
    ['..', 'parent-path'],
    ['a\0.conf', 'nul-in-path'],
    ['a\n.conf', 'control-in-path'],
    ['a\u0085.conf', 'control-in-path'],
    ['', 'empty-path'],
    ['./.', 'empty-path'],
    ['a/.DS_Store', 'junk'],
    ['./', 'empty-path'],
    ['a/b/c/d', 'too-deep'],
    ['äöüäöüäöüäö', 'path-too-long'],
    ['__MACOSX/a.conf', 'junk'],
    ['a/._b.conf', 'junk'],
  ])('%j is refused as %s', (name, refused) => {
    expect(entryPath(name, limits)).toEqual({ refused });
  });
});

describe('the bytes of a name', () => {
  it('are UTF-8 where they can be, and else windows-1252, so that none is lost', () => {
    expect(decodeName(Buffer.from('grün'))).toBe('grün');
    expect(decodeName(Buffer.from([0x67, 0x72, 0xfc, 0x6e, 0x93]))).toBe('grün“');
  });

  it('are shown in messages without control characters and not endlessly', () => {
    expect(printableName('a\u001b[31m\0')).toBe('a?[31m?');
    expect(printableName('x'.repeat(5000))).toBe(`${'x'.repeat(256)}…`);
  });
});
