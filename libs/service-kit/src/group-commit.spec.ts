import { GroupCommit } from './group-commit.ts';

/** Work that ends when it is told to. */
function heldWork() {
  const given: string[][] = [];
  const held: PromiseWithResolvers<void>[] = [];
  const group = new GroupCommit<string>((items) => {
    given.push([...items]);
    const one = Promise.withResolvers<void>();
    held.push(one);
    return one.promise;
  });
  return { given, held, group };
}

/** Everything that is ready to go on has gone on. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('work that is done for many at once', () => {
  it('begins at once when none is under way', async () => {
    const { given, held, group } = heldWork();
    const first = group.add('a');
    await turns();
    held[0]?.resolve();
    await first;
    const second = group.add('b');
    await turns();
    held[1]?.resolve();
    await second;
    expect(given).toEqual([['a'], ['b']]);
  });

  it('takes what came while it was under way the next time, and ends for nobody before', async () => {
    const { given, held, group } = heldWork();
    const ended: string[] = [];
    const add = (item: string) => group.add(item).then(() => ended.push(item));
    const all = [add('a')];
    await turns();
    all.push(add('b'), add('c'));
    held[0]?.resolve();
    await turns();
    expect(ended).toEqual(['a']);
    all.push(add('d'));
    held[1]?.resolve();
    await turns();
    expect(ended).toEqual(['a', 'b', 'c']);
    held[2]?.resolve();
    await Promise.all(all);
    expect(given).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('fails for those whose work it was, and goes on for the others', async () => {
    const { held, group } = heldWork();
    const failed = group.add('a');
    await turns();
    const next = group.add('b');
    held[0]?.reject(new Error('no room'));
    await expect(failed).rejects.toThrow('no room');
    await turns();
    held[1]?.resolve();
    await expect(next).resolves.toBeUndefined();
  });
});
