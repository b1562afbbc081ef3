import { effectiveConf, EtcTree } from '@confscope/conf-parser';
import { type MergedConf, MergedConfs } from './merged-confs.ts';
import { type TreeSetting, TreeStanza } from './tree-stanza.ts';

/** A merged conf of so many stanzas. */
function confOf(stanzas: number): MergedConf {
  const place = { instance: '', target: 'instance', app: null, scope: 'system', layer: 'local', user: null } as const;
  const file = {
    origin: { path: 'etc/system/local/x.conf', kind: 'conf', conf: 'x', ignoredReason: null, ...place } as const,
    stanzas: Array.from(
      { length: stanzas },
      (_, ordinal) =>
        new TreeStanza({ file_id: 1, ordinal, name: `s${ordinal}`, line: 1, key_count: 1, keys: '["k"]' }),
    ),
  };
  const tree = new EtcTree<TreeSetting>({ files: [file] });
  return { tree, context: { kind: 'global' }, answers: [{ effective: effectiveConf(tree, 'x'), forApp: null }] };
}

describe('confs that were merged', () => {
  let merged: string[];
  const merge = (name: string, stanzas = 10) => {
    return () => {
      merged.push(name);
      return Promise.resolve(confOf(stanzas));
    };
  };
  beforeEach(() => {
    merged = [];
  });

  it('are merged once for all who ask, also at the same time', async () => {
    const confs = new MergedConfs(1e6);
    const [first, second] = await Promise.all([confs.take('a', merge('a')), confs.take('a', merge('a'))]);
    expect(second).toBe(first);
    expect(await confs.take('a', merge('a'))).toBe(first);
    expect(await confs.peek('a')).toBe(first);
    expect(confs.peek('b')).toBeNull();
    expect(merged).toEqual(['a']);
  });

  it('go when there is no room, the one that was not used for longest first', async () => {
    const confs = new MergedConfs(50_000);
    for (const name of ['a', 'b', 'a', 'c', 'd']) await confs.take(name, merge(name));
    // Three of ten stanzas would be more than there is room for.
    expect(['a', 'b', 'c', 'd'].filter((name) => confs.peek(name) !== null)).toEqual(['c', 'd']);
    await confs.take('c', merge('c'));
    await confs.take('e', merge('e'));
    expect(['c', 'd', 'e'].filter((name) => confs.peek(name) !== null)).toEqual(['c', 'e']);
    expect(merged).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are not kept when one alone is more than there is room for', async () => {
    const confs = new MergedConfs(50_000);
    await confs.take('small', merge('small'));
    expect((await confs.take('large', merge('large', 1000))).answers).toHaveLength(1);
    expect(confs.peek('large')).toBeNull();
    expect(confs.peek('small')).not.toBeNull();
  });

  it('are tried again when merging failed', async () => {
    const confs = new MergedConfs(1e6);
    const failing = () => Promise.reject(new Error('no such app'));
    await expect(confs.take('a', failing)).rejects.toThrow('no such app');
    expect(confs.peek('a')).toBeNull();
    await confs.take('a', merge('a'));
    expect(merged).toEqual(['a']);
  });
});
