import fc from 'fast-check';
import { parseAccess } from './meta-access.ts';
import { decodeName, metaPath, readPermissions } from './meta-permissions.ts';
import { parseConf } from './parse-conf.ts';

describe('an access list', () => {
  it.each([
    ['read : [ * ], write : [ admin, power ]', ['*'], ['admin', 'power'], null],
    ['read:[*]', ['*'], null, null],
    ['write : [ ]', null, [], null],
    ['read: [ a ], write: [ b ], delete: [ c ]', ['a'], ['b'], ['c']],
    ['read : [ a,\n  b ],\n write : [ c ]', ['a', 'b'], ['c'], null],
    ['write : [ a ], read : [ b c ]', ['b c'], ['a'], null],
  ])('is read as people write it: %s', (text, read, write, del) => {
    expect(parseAccess(text)).toEqual({ read, write, delete: del });
  });

  it.each([
    '',
    'read',
    '[ * ]',
    'read : *',
    'read : [ * ] write : [ * ]',
    'read : [ [ a ] ]',
    'own : [ a ]',
    'read : [ a ],',
  ])('is refused when nobody can tell what it means: %s', (text) => {
    expect(parseAccess(text)).toBeNull();
  });
});

describe('the permissions of a meta file', () => {
  it('say for each level what is written there', () => {
    const text =
      'access = read : [ * ]\n[]\nexport = system\n[views]\nexport = none\nowner = ann\n' +
      '[props/source%3A%3A%2Fvar%2Flog]\nmodtime = 1.5\nversion = 9.2\naccess = read\n';
    expect(readPermissions(parseConf(text, { kind: 'meta' }))).toEqual([
      { ...NOTHING, line: 1, access: { read: ['*'], write: null, delete: null } },
      { ...NOTHING, line: 2, isExported: true },
      { ...NOTHING, path: ['views'], line: 4, isExported: false, owner: 'ann' },
      { ...NOTHING, path: ['props', 'source::/var/log'], line: 7, modtime: '1.5', version: '9.2' },
    ]);
  });

  it('keep a name that is no valid encoding', () => {
    expect(metaPath('views/50%25%20of%/%zz%E4')).toEqual(['views', '50% of%', '%zz%E4']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(decodeName(encodeURIComponent(name))).toBe(name);
      }),
    );
  });
});

const NOTHING = { path: [], access: null, isExported: null, owner: null, version: null, modtime: null };
