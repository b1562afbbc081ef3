import { keyName } from './key-names.ts';

const nameOf = (name: string): string => keyName(`[x]\n${name} = 1`, 4, 4 + name.length);

describe('the name of a setting', () => {
  it('is what stands in the text, whatever names were read before it', () => {
    // Of one length, with the same ends and the same middle: all of them share a slot.
    const alike = ['abcXdefg', 'aXcXdXfg', 'a__X___g'];
    for (const name of [...alike, 'k', 'ключ', 'x'.repeat(64), 'x'.repeat(65), 'y'.repeat(2000), ...alike.reverse()]) {
      expect(nameOf(name)).toBe(name);
      expect(nameOf(name)).toBe(name);
    }
  });

  it('is no longer than the place it was asked for', () => {
    expect(nameOf('TRANSFORMS-a')).toBe('TRANSFORMS-a');
    expect(keyName('TRANSFORMS-ab', 0, 12)).toBe('TRANSFORMS-a');
    expect(keyName('TRANSFORMS', 0, 5)).toBe('TRANS');
  });
});
