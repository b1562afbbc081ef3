import { linesOf } from './lines-of.ts';
import { parseConf } from './parse-conf.ts';

describe('the lines of a file', () => {
  const text = '# about\n# a\n[a]\nk = 1 \\\n  2\n\n# old\n\n[b]\n  ; mine\n[c]';

  it('give back the raw text of a setting and the comments of a stanza', () => {
    const [a, b, c] = parseConf(text).stanzas;
    const setting = a?.settings[0];
    expect(linesOf(text, setting?.line ?? 0, setting?.endLine ?? 0)).toBe('k = 1 \\\n  2');
    expect(linesOf(text, a?.commentLine ?? 0, (a?.line ?? 0) - 1)).toBe('# about\n# a');
    // A blank line ends a comment, which is then about nothing in particular.
    expect([b?.commentLine, b?.line]).toEqual([9, 9]);
    expect(linesOf(text, c?.commentLine ?? 0, (c?.line ?? 0) - 1)).toBe('  ; mine');
  });

  it('end with the file', () => {
    expect(linesOf(text, 11, 99)).toBe('[c]');
    expect(linesOf(text, 12, 12)).toBe('');
    expect(linesOf('', 1, 1)).toBe('');
    expect(linesOf('a\nb', 2, 1)).toBe('');
  });
});
