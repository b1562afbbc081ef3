import { hashCodes, hashName } from './name-hash.ts';
import { NameIndex } from './name-index.ts';

/** Adds names to a list as the reader does, and says what was found of each: its place, its twin, or nothing. */
function addAll(index: NameIndex, names: readonly string[], hashOf = hashName): (number | 'twin' | null)[] {
  const list: string[] = [];
  index.begin();
  return names.map((name) => {
    const hash = hashOf(name);
    if (index.addNew(hash)) {
      list.push(name);
      return null;
    }
    const place = index.find(name, hash, (at) => list[at] ?? '');
    if (place !== -1) return place;
    index.add(name, hash);
    list.push(name);
    return index.hasTwin ? 'twin' : null;
  });
}

describe('the index of names', () => {
  it('finds a name by its place and knows twins, however many names there are', () => {
    const index = new NameIndex();
    for (const count of [1, 10, 1023, 1024, 1025, 5000]) {
      const names = Array.from({ length: count }, (_, i) => `Name_${i}`);
      const found = addAll(index, [...names, ...names, 'name_0']);
      expect(found.slice(0, count)).toEqual(names.map(() => null));
      expect(found.slice(count)).toEqual([...names.keys(), 'twin']);
    }
  });

  it('finds names that were made to hash alike', () => {
    const index = new NameIndex();
    const names = Array.from({ length: 500 }, (_, i) => `k${i}`);
    const found = addAll(index, [...names, ...names, 'K7'], () => 42);
    expect(found).toEqual([...names.map(() => null), ...names.keys(), 'twin']);
  });

  it('knows nothing of the lists before, after any number of them', () => {
    const index = new NameIndex();
    for (let list = 0; list < 150_000; list++) {
      index.begin();
      if (!index.addNew(hashName('key'))) throw new Error(`List ${list} holds what it never got.`);
    }
    expect(index.addNew(hashName('key'))).toBe(false);
  });

  it('hashes a name in a text as it does one that is cut out, and twins alike', () => {
    for (const name of ['', 'a', 'ab', 'disabled', 'TRANSFORMS-a_b', 'x'.repeat(300)]) {
      const codes = new TextEncoder().encode(`[${name}]`);
      expect(hashCodes(codes, 1, codes.length - 1)).toBe(hashName(name));
      expect(hashName(name.toUpperCase())).toBe(hashName(name));
    }
  });
});
