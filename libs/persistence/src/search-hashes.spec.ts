import { nameSequence, searchHashesOf, settingSequence } from './search-hashes.ts';
import type { StoredSetting, StoredStanza } from './stored-stanza.ts';

const stanza = (name: string, ...settings: [string, string][]): StoredStanza => ({
  name,
  line: 1,
  headerLines: [1],
  settings: settings.map(([key, value]): StoredSetting => [key, value, 2, 2]),
});

const TEXTS = ['', 'a', 'index', 'Straße 😀', 'x'.repeat(32), `${'x'.repeat(40)}y`, `${'x'.repeat(4000)}y`];
const FILE = [stanza('default', ['index', 'main'], ['a', '']), stanza('empty'), ...TEXTS.map((t) => stanza(t, [t, t]))];

describe('the search hashes of a file', () => {
  const hashes = searchHashesOf(FILE) ?? Buffer.alloc(0);

  it('hold every name, key and value in it, and each pair of a key and its value', () => {
    for (const { name, settings } of FILE) {
      expect(hashes.includes(nameSequence(name))).toBe(true);
      for (const [key, value] of settings) {
        expect(hashes.includes(settingSequence(key, null))).toBe(true);
        expect(hashes.includes(settingSequence(null, value))).toBe(true);
        expect(hashes.includes(settingSequence(key, value))).toBe(true);
      }
    }
  });

  it('hold nothing else, but for one text in thousands', () => {
    const few = searchHashesOf([stanza('default', ['index', 'main'], ['source', 'x'])]) ?? Buffer.alloc(0);
    const others = Array.from({ length: 1000 }, (_, i) => `other ${i}`);
    const found = others.filter(
      (text) =>
        few.includes(nameSequence(text)) ||
        few.includes(settingSequence(text, null)) ||
        few.includes(settingSequence(null, text)),
    );
    expect(found).toEqual([]);
    // A key and a value of two settings, and texts of another kind.
    expect(few.includes(settingSequence('index', 'x'))).toBe(false);
    expect(few.includes(settingSequence('main', null))).toBe(false);
    expect(few.includes(nameSequence('index'))).toBe(false);
  });

  it('are as long as three bytes for each text, and hold the sequence of a search for anything', () => {
    expect(hashes).toHaveLength(3 * FILE.reduce((texts, { settings }) => texts + 1 + 2 * settings.length, 0));
    expect(nameSequence(null)).toHaveLength(0);
    expect(settingSequence(null, null)).toHaveLength(0);
  });

  it('are those that are stored already', () => {
    const stored = searchHashesOf([stanza('default', ['index', 'main']), stanza(`Straße ${'x'.repeat(40)} 😀`)]);
    expect(stored?.toString('hex')).toBe('91ebdea3bb27c6197159a63c');
  });

  it('are not made of a file that has too much in it', () => {
    const settings = (count: number): StoredStanza[] => [
      stanza('s', ...Array.from({ length: count }, (_, i): [string, string] => [`k${i}`, 'v'])),
    ];
    expect(searchHashesOf(settings(43_000))).not.toBeNull();
    expect(searchHashesOf(settings(44_000))).toBeNull();
  });
});
