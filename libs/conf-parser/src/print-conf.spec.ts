import fc from 'fast-check';
import { parseConf } from './parse-conf.ts';
import { printConf } from './print-conf.ts';

const bare = (stanzas: ReturnType<typeof parseConf>['stanzas']) =>
  stanzas.map(({ name, settings }) => [name, settings.map(({ key, value }) => [key, value])]);

describe('a printed file', () => {
  it('reads back as what it was made from', () => {
    const part = fc.constantFrom(
      'a',
      'B',
      ' ',
      '\t',
      '=',
      '\\',
      '\n',
      '\r',
      '[',
      ']',
      '#',
      ';',
      '|',
      'ü',
      '\ufeff',
      '\0',
      '"',
    );
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const setting = fc
      .record({ key: text, value: text })
      .map((two) => ({ ...two, line: 1, endLine: 1, overwritten: [] }));
    const stanza = fc.record({
      name: text,
      settings: fc.uniqueArray(setting, { selector: ({ key }) => key, maxLength: 4 }),
    });
    let printed = 0;
    fc.assert(
      fc.property(fc.uniqueArray(stanza, { selector: ({ name }) => name, maxLength: 3 }), (stanzas) => {
        const file = printConf(stanzas);
        if (file === null) return;
        printed++;
        expect(bare(parseConf(file).stanzas)).toEqual(
          stanzas.map(({ name, settings }) => [name, settings.map(({ key, value }) => [key, value])]),
        );
      }),
      { numRuns: 5000 },
    );
    expect(printed).toBeGreaterThan(100);
  });

  it('is written as people write it', () => {
    const text = '[a]\nk = v\nsearch = x \\\n  | y\n[b]\nempty = \npath = C:\\dir\\ \n';
    expect(printConf(parseConf(text).stanzas)).toBe(text);
  });

  it.each([
    ['k', ' a'],
    ['k', 'a '],
    ['k', 'a\r\nb'],
    ['', 'v'],
    ['#k', 'v'],
    ['[k', 'v'],
    [' k', 'v'],
    ['a\nb', 'v'],
  ])('does not exist for what the format cannot hold: %j = %j', (key, value) => {
    expect(printConf([{ name: 'a', settings: [{ key, value, line: 1, endLine: 1, overwritten: [] }] }])).toBeNull();
  });
});
