import type { StanzaRow } from '@confscope/persistence';
import { takePage } from './take-page.ts';

const TEN_LINES = '\n'.repeat(10);

async function* stanzas(count: number, onPulled: (n: number) => void = () => undefined): AsyncGenerator<StanzaRow> {
  const place = {
    path: 'p',
    kind: 'conf',
    conf: 'props',
    app: 'a',
    scope: 'app',
    layer: 'local',
    owner: null,
  } as const;
  for (let n = 0; n < count; n++) {
    onPulled(n);
    const stanza = { n, name: 's', line: 1, header_lines: [1], settings: [['k', TEN_LINES, 2, 2] as const], ...place };
    yield await Promise.resolve(stanza);
  }
}

describe('a page of stanzas', () => {
  const taken = async (count: number, limit: number, maxChars: number) => {
    const { items, hasMore } = await takePage(stanzas(count), limit, maxChars);
    return [items.map(({ n }) => n), hasMore];
  };

  it('has as many as are asked for, and says whether there are more', async () => {
    expect(await taken(3, 2, 10_000)).toEqual([[0, 1], true]);
    expect(await taken(2, 2, 10_000)).toEqual([[0, 1], false]);
    expect(await taken(0, 2, 10_000)).toEqual([[], false]);
  });

  it('ends before the one that would make it too large as it is sent, and pulls none behind it', async () => {
    const { items } = await takePage(stanzas(1), 1);
    const chars = JSON.stringify(items[0]).length;
    expect(await taken(3, 500, 2 * chars)).toEqual([[0, 1], true]);
    expect(await taken(3, 500, 2 * chars - 1)).toEqual([[0], true]);
    const pulled: number[] = [];
    await takePage(
      stanzas(9, (n) => pulled.push(n)),
      500,
      chars,
    );
    expect(pulled).toEqual([0, 1]);
  });

  it('has one at least, however large', async () => {
    expect(await taken(2, 500, 1)).toEqual([[0], true]);
    expect(await taken(1, 500, 1)).toEqual([[0], false]);
  });
});
