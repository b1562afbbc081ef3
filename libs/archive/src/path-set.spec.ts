import fc from 'fast-check';
import { PathSet } from './path-set.ts';

describe('a set of paths', () => {
  it('numbers new paths, knows old ones, and gives every one back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 4 })), (paths) => {
        const set = new PathSet();
        const model = new Map<string, number>();
        for (const path of paths) {
          if (!model.has(path)) model.set(path, model.size);
          expect(set.add(path)).toBe(model.get(path));
          expect(set.size).toBe(model.size);
        }
        for (const [path, number] of model) {
          expect(set.at(number)).toBe(path);
          expect(set.find(path)).toBe(number);
        }
        expect(set.find('a path that is longer than those')).toBeNull();
        expect(set.size).toBe(model.size);
      }),
    );
  });

  it('still knows them all after it has grown many times', () => {
    const set = new PathSet();
    const name = (index: number) => `etc/apps/app_${index % 7}/default/${index}.conf`;
    for (let index = 0; index < 10_000; index++) expect(set.add(name(index))).toBe(index);
    for (let index = 0; index < 10_000; index++) expect(set.add(name(index))).toBe(index);
    expect(set.at(9_999)).toBe(name(9_999));
  });
});
