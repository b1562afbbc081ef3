import { accessListOf } from './access-list.ts';

describe('an access list', () => {
  it.each([
    ['read : [ * ], write : [ admin, power ]', ['*'], ['admin', 'power'], null],
    ['read:[*]', ['*'], null, null],
    ['write : [ ]', null, [], null],
    ['read: [ a ], write: [ b ], delete: [ c ]', ['a'], ['b'], ['c']],
    ['read : [ a,\n  b ],\n write : [ c ]', ['a', 'b'], ['c'], null],
    ['write : [ a ], read : [ b c ]', ['b c'], ['a'], null],
  ])('is read as people write it: %s', (text, read, write, del) => {
    expect(accessListOf(text)).toEqual({ read, write, delete: del });
  });

  it.each([
    ...[
      '',
      'read',
      '[ * ]',
      'read : *',
      'read : [ * ] write : [ * ]',
      'read : [ [ a ] ]',
      'own : [ a ]',
      'read : [ a ],',
    ],
  ])('is refused when nobody can tell what it means: %s', (text) => {
    expect(accessListOf(text)).toBeNull();
  });
});
