import { UploadShape } from '../upload/upload-shape.ts';
import { parseConf } from '../parse-conf.ts';
import { accessListOf } from './access-list.ts';
import { AppMetadata } from './app-metadata.ts';
import { metaPathOf, percentDecode, percentEncode } from './meta-path.ts';
import fc from 'fast-check';

function metadataOf(texts: { default?: string; local?: string }): AppMetadata {
  const files = Object.entries(texts).map(([layer, text]) => {
    const path = `etc/apps/a/metadata/${layer}.meta`;
    const origin = UploadShape.of([path]).originOf(path);
    if (!origin) throw new Error(`${path} is no metadata`);
    return { origin, stanzas: parseConf(text, { kind: 'meta' }).stanzas };
  });
  return new AppMetadata(files);
}

describe('the path of a metadata stanza', () => {
  it.each([
    ['', []],
    ['default', []],
    ['views', ['views']],
    ['views/', ['views']],
    ['props/source%3A%3A%2Fvar%2Flog', ['props', 'source::/var/log']],
    ['props/a%20b/EXTRACT-x', ['props', 'a b', 'EXTRACT-x']],
    ['tags/eventtype%3Da%2520b', ['tags', 'eventtype=a%20b']],
    ['a%zz%C3%A9', ['a%zzé']],
    ['a%FF', ['a%FF']],
  ])('%s', (stanza, path) => expect(metaPathOf(stanza)).toEqual(path));

  it('decodes to what was encoded', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => percentDecode(percentEncode(name)) === name));
  });
});

describe('an access list', () => {
  const nobody = { read: null, write: null, delete: null };
  it.each([
    ['read : [ * ], write : [ admin, power ]', { ...nobody, read: ['*'], write: ['admin', 'power'] }],
    ['read:[a],write:[],delete:[b]', { read: ['a'], write: [], delete: ['b'] }],
    ['write : [admin]', { ...nobody, write: ['admin'] }],
  ])('%s', (text, list) => expect(accessListOf(text)).toEqual(list));
  it.each(['', 'read', 'read : *', 'read : [a', 'read : [a] write : [b]', 'own : [a]', 'read : [a],'])(
    'that cannot be read is none: %s',
    (text) => expect(accessListOf(text)).toBeNull(),
  );
});

describe('metadata', () => {
  const meta = metadataOf({
    default:
      '[]\nexport = none\nowner = ann\naccess = read : [ user ], write : [ admin ]\n[props]\nexport = system\n[props/x]\nowner = bob\n',
    local:
      '[props/x]\nexport = none\naccess = read : [ * ], write : [ power ]\n[props/x/EXTRACT-a]\nexport = system\n[props/w]\nexport = none # system\n[props/a/b/c]\nexport = none\n',
  });
  const exported = (category?: string, object?: string, attribute?: string) =>
    meta.isExported({ ...(category && { category }), ...(object && { object }), ...(attribute && { attribute }) });

  it('exports what the deepest level says, and nothing by default', () => {
    expect([exported(), exported('macros'), exported('props'), exported('props', 'y')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect([exported('props', 'x'), exported('props', 'x', 'EXTRACT-a'), exported('props', 'x', 'EXTRACT-b')]).toEqual([
      false,
      true,
      false,
    ]);
    expect(exported('props', 'w')).toBe(false);
    expect(metadataOf({}).isExported({})).toBe(false);
  });

  it('takes stanzas without a name, and settings before any header, for the app itself', () => {
    expect(metadataOf({ local: 'export = system\n' }).isExported({ category: 'props', object: 'x' })).toBe(true);
    expect(metadataOf({ local: '[default]\nexport = system\n' }).isExported({})).toBe(true);
  });

  it('merges local over default by key, and says where each value stands', () => {
    const both = metadataOf({ default: '[a/b]\nowner = ann\nversion = 1\n', local: '[a/b]\nowner = bob\n' });
    expect(both.ownerOf({ category: 'a', object: 'b' })).toBe('bob');
    expect(both.lookUp('version', { category: 'a', object: 'b' })).toMatchObject({ value: '1', level: 2, line: 3 });
    expect(meta.ownerOf({ category: 'props', object: 'y' })).toBe('ann');
    expect(metadataOf({}).ownerOf({})).toBe('nobody');
  });

  it('lets a role read what it may read at every level, and write what it may write and read above', () => {
    const x = { category: 'props', object: 'x' };
    expect([meta.mayRead(['user'], x), meta.mayRead(['guest'], x), meta.mayRead([], x)]).toEqual([true, false, false]);
    expect([meta.mayWrite(['power', 'user'], x), meta.mayWrite(['power'], x), meta.mayWrite(['user'], x)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(metadataOf({}).mayRead(['anybody'], x)).toBe(true);
  });
});
