import fc from 'fast-check';
import { MAX_DIAGNOSTICS } from './diagnostic.ts';
import { parseConf, parseConfBytes } from './parse-conf.ts';

const found = (input: string | number[], conf?: string, kind: 'conf' | 'meta' = 'conf') =>
  parseConfBytes(typeof input === 'string' ? new TextEncoder().encode(input) : Uint8Array.from(input), {
    kind,
    ...(conf === undefined ? {} : { conf }),
  }).diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);

const settingsOf = (text: string) =>
  parseConf(text).stanzas.flatMap((stanza) => stanza.settings.map((s) => [stanza.name, s.key, s.value]));

describe('reading a conf file', () => {
  it('keeps names that mean something to JavaScript', () => {
    const names = ['__proto__', 'constructor', 'toString', '1', '0'];
    const text = names.map((name) => `[${name}]\n${name} = 1\n`).join('');
    expect(settingsOf(text)).toEqual(names.map((name) => [name, name, '1']));
  });

  it('keeps no-break spaces, byte order marks and line separators as text', () => {
    expect(settingsOf('[a]\nk = \u00a0x\u2028y\u00a0\n')).toEqual([['a', 'k', '\u00a0x\u2028y\u00a0']]);
  });

  it('reads bytes that are not UTF-8 as Windows-1252', () => {
    const { stanzas } = parseConfBytes(Uint8Array.from([0x6b, 0x3d, 0xa9, 0xc3, 0xbc, 0x0a]));
    expect(stanzas[0]?.settings[0]?.value).toBe('©ü');
  });

  it('keeps every overwritten value with its line, oldest first', () => {
    const [stanza] = parseConf('[a]\nk = 1\nk = 2\n[a]\nk = 3\n').stanzas;
    expect(stanza?.settings).toEqual([
      {
        key: 'k',
        value: '3',
        line: 5,
        endLine: 5,
        overwritten: [
          { value: '1', line: 2 },
          { value: '2', line: 3 },
        ],
      },
    ]);
  });

  it('reads the same from text and from bytes, whatever characters there are', () => {
    const text = '[ü😀]\n  é\u2003x = \u00e9= \u4e2d \n\u00a0 = \ufffd\n[a\ud800]\nk=1\n'.toWellFormed();
    expect(parseConfBytes(new TextEncoder().encode(text)).stanzas).toEqual(parseConf(text).stanzas);
    expect(settingsOf(text)).toEqual([
      ['ü😀', 'é\u2003x', '\u00e9= \u4e2d'],
      ['ü😀', '\u00a0', '\ufffd'],
      ['a\ufffd', 'k', '1'],
    ]);
  });

  it('gives the settings of each of many files, whenever they are asked for', () => {
    const files = Array.from({ length: 200 }, (_, file) =>
      Array.from({ length: 40 }, (__, i) => (i % 10 === 0 ? `[s${file}-${i}]\n` : `k${i} = ${file} ${i}\n`)).join(''),
    );
    const large = `[large]\n${Array.from({ length: 20_000 }, (_, i) => `k${i} = ${i}\n`).join('')}`;
    const parsed = [...files, large, ...files].map((file) => parseConf(file));
    const printed = parsed.map(({ stanzas }) =>
      stanzas
        .map(({ name, settings }) => `[${name}]\n${settings.map(({ key, value }) => `${key} = ${value}\n`).join('')}`)
        .join(''),
    );
    expect(printed).toEqual([...files, large, ...files]);
    const [stanza] = parseConf('# c\n[a]\nk = v\n').stanzas;
    expect(stanza?.settings).toBe(stanza?.settings);
    expect(JSON.parse(JSON.stringify(stanza))).toEqual({
      ...{ name: 'a', line: 2, commentLine: 1, headerLines: [2] },
      settings: [{ key: 'k', value: 'v', line: 3, endLine: 3, overwritten: [] }],
    });
  });

  it('finds keys beyond the first few of a stanza as surely', () => {
    const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
    const twice = [...keys, ...keys].map((key, i) => `${key} = ${i}`).join('\n');
    const [stanza] = parseConf(`[a]\n${twice}`).stanzas;
    expect(stanza?.settings.map((s) => s.value)).toEqual(keys.map((_, i) => String(i + 40)));
  });

  it('goes on with a stanza that is opened again and again, however many settings and stanzas there are', () => {
    const text = Array.from({ length: 3000 }, (_, i) => `[a]\nk${i} = ${i}\n[b${i % 100}]\nx = ${i}\n`).join('');
    const { stanzas } = parseConf(`${text}[a]\nk7 = last\n[b7]\n`);
    expect(stanzas.map(({ settings }) => settings.length)).toEqual([3000, ...Array.from({ length: 100 }, () => 1)]);
    expect(stanzas[0]?.settings[7]).toMatchObject({ key: 'k7', value: 'last', overwritten: [{ value: '7' }] });
    expect(stanzas[8]?.headerLines).toHaveLength(31);
  });

  it('tells names apart that are alike but for a letter in the middle', () => {
    const keys = Array.from(
      { length: 500 },
      (_, i) => `prefix_${String(i).padStart(4, '0')}_and_a_long_suffix_for_all`,
    );
    const [stanza] = parseConf([...keys, ...keys].map((key) => `${key} = 1\n`).join('')).stanzas;
    expect(stanza?.settings.map(({ key, overwritten }) => [key, overwritten.length])).toEqual(
      keys.map((key) => [key, 1]),
    );
  });
});

describe('comments', () => {
  it('are kept when they are asked for', () => {
    const text = '# a\n[s]\n  ; b = c\r\nk = v \\\n# of the value\n#d';
    expect(parseConf(text, { comments: true }).comments).toEqual(['# a', '; b = c', '#d']);
    expect(parseConf(text).comments).toEqual([]);
  });
});

describe('a finding', () => {
  it.each([
    ['header-unclosed 1:3', '  [a\n'],
    ['continuation-trailing-blank 1:7', 'k = a\\ \n'],
    ['continuation-trailing-blank 2:5', 'k = a\\\n  b\\ \t \n'],
    ['junk-line 2:1', 'k = a\n| stats count\n'],
    ['eq-on-later-line 1:1', 'a\\\nb = c\n'],
    ['empty-key 1:1', '= x\n'],
    ['key-looks-like-search 1:1', '| eval a = b\n'],
    ['duplicate-stanza 2:1', '[a]\n[a]\n'],
    ['duplicate-key 2:1', 'k = 1\nk = 2\n'],
    ['text-after-header 1:4', '[a]: x\n'],
    ['text-in-header 1:2', ' [a] # see [b]\n'],
    ['text-in-header 1:1', '[a] k = [b]\n'],
    ['header-inner-space 1:1', '[ a]\n'],
    ['header-empty 1:1', '[]\n'],
    ['default-case 1:1', '[DEFAULT]\n'],
    ['inline-comment 1:1', 'k = 10 # ten\n'],
    ['comment-continuation 1:5', '# a \\\n'],
    ['continuation-at-eof 1:6', 'k = a\\\n'],
    ['case-only-twin 3:2', '[Ab]\n[b]\n [aB]\n'],
    ['case-only-twin 3:1', 'key = 1\nx = 2\nKEY = 3\n'],
    ['case-only-twin 2:1', 'É = 1\né = 2\n'],
    ['nbsp-or-zero-width 2:6', '[a]\nkey =\u00a01\u00a0\n'],
    ['nbsp-or-zero-width 1:3', '[a\u200b]\n'],
    ['nbsp-or-zero-width 2:2', 'k = a\\\n#\u2060b\n'],
    ['cr-only 1:4', '[a]\rk = 1\r'],
    ['nul-byte 2:5', '[a]\nk = \0\n'],
    ['nul-byte 3:1', 'k = \0\0\n\n\0\n'],
    ['header-unclosed 1:2', ' [a\\\nb\n'],
    ['text-after-header 1:2', ' [a]\\\nb\n'],
    ['header-looks-like-search 2:3', 'search = a [\n  [ search index=b | return c ]\n'],
    ['header-looks-like-search 1:1', '[ | inputlookup a ]\n'],
    ['inline-comment 1:1', 'homePath = $SPLUNK_DB/a/db # on the fast disk\n'],
    ['inline-comment 1:1', 'disabled = No # yet\n'],
    ['inline-comment 1:1', 'interval = 30s # half a minute\n'],
    ['inline-comment 1:1', 'maxSize = 750MB  # enough\n'],
    ['quoted-key 1:1', '"k" = v\n'],
    ['key-looks-like-search 1:1', '"k" eval = v\n'],
    ['smart-quotes 2:1', '[a]\nsearch = index="a" user=\u201cann\u201d\n'],
    ['smart-quotes 1:1', 'action.x.search = \u2018a\u2019\n'],
  ])('says what and where: %s', (expected, text) => {
    expect(found(text)).toContain(expected);
  });

  it('is made of the bytes as well', () => {
    expect(found([0x6b, 0x3d, 0xa9])).toEqual(['invalid-utf8 1:3']);
    expect(found([0xff, 0xfe, 0x6b, 0x00])).toContain('utf16 1:1');
    expect(found('a = 1\n\ufeff[x]\n')).toContain('bom-in-file 2:1');
    expect(found('\ufeff[x]\n')).toEqual([]);
    expect(found('\ufeff\ufeff[x]\n')).toContain('bom-in-file 1:1');
    expect(found('k = v\r')).toEqual([]);
  });

  it('is made of a misspelt class in props alone', () => {
    expect(found('REPORTS-a = b\n', 'props')).toEqual(['unknown-key-class 1:1']);
    expect(found('REPORTS-a = b\n', 'macros')).toEqual([]);
  });

  it('is made of what a conf has rules of its own for', () => {
    expect(found('[eventtype=a%2Fb]\n[host]\n[=x]\n[eventtype=50 %]\n[a=ü]\n[a=100%zz]\n[default]\n', 'tags')).toEqual([
      'tag-stanza-form 2:1',
      'tag-stanza-form 3:1',
      'tag-not-encoded 4:1',
      'tag-not-encoded 5:1',
      'tag-not-encoded 6:1',
    ]);
    expect(found('SPLUNK_HOME=/opt/splunk\n[general]\nSPLUNK_DB=/db\n', 'splunk-launch')).toEqual([
      'launch-header 2:1',
    ]);
    expect(found('[host]\n', 'props')).toEqual([]);
  });

  it('of a lost line names the line above that probably lost its backslash', () => {
    const remedies = (text: string) => parseConf(text).diagnostics.map(({ remedy }) => remedy);
    const hint = 'If it belongs to the value that ends on line 2, end line 2 with a backslash.';
    expect(remedies('[a]\nsearch = index=a\n| stats count\n\n  by b\n')).toEqual([hint, hint]);
    expect(remedies('k = a \\\n b\nc\n')).toEqual([hint]);
    expect(remedies('[a]\nk = b\nc\n')[0]).toContain('key = value');
    expect(remedies('search = a\n[b]\nc\n')[0]).toContain('key = value');
  });

  it('is made of quotes that a search takes for letters, not of those in a text', () => {
    expect(found('description = \u201ca\u201d\nlabel = \u2019\nsearch = \u2026\n')).toEqual([]);
  });

  it('is made on the right line however the characters are encoded', () => {
    expect(found('k = ü😀\u00a0\n\n\u200b\u200b = \ufeff\n')).toEqual([
      'nbsp-or-zero-width 1:8',
      'nbsp-or-zero-width 3:1',
      'bom-in-file 3:6',
    ]);
    expect(found('k = \ufffd\u00a0\n')).toEqual(['nbsp-or-zero-width 1:6']);
  });

  it('is not made of the same value twice, of a colour, or of an empty header in a meta file', () => {
    expect(found('k = 1\nk = 1\ncolor = #53A051\n')).toEqual([]);
    expect(parseConf('[]\nexport = system\n', { kind: 'meta' }).diagnostics).toEqual([]);
  });

  it('never repeats a value, which may be a secret', () => {
    const text = '[a\npassword = hunter2\npassword = hunter3 \\ \nhunter4\n';
    expect(JSON.stringify(parseConf(text).diagnostics)).not.toContain('hunter');
  });

  it.each([
    ['meta-too-deep 2:2', '[a/b/c]\n [a/b/c/d]\n'],
    ['meta-access-syntax 2:1', '[]\naccess = read : [ * ], write : admin\n'],
    ['meta-access-syntax 1:1', 'access = read : [ * ] write : [ * ]\n'],
    ['meta-access-syntax 1:1', 'access = [ * ]\n'],
    ['meta-access-syntax 1:1', 'access =\n'],
    ['meta-export-value 2:3', '[views]\n  export = app\n'],
    ['meta-export-value 1:1', 'export = none # system\n'],
  ])('is made of permissions in a meta file alone: %s', (expected, text) => {
    expect(found(text, 'local.meta', 'meta')).toEqual([expected]);
    expect(found(text).filter((finding) => finding.startsWith('meta-'))).toEqual([]);
  });

  it('is not made of permissions as people write them', () => {
    const lines = ['read : [ * ], write : [ admin, power ]', 'read:[*]', 'write : [ ], read : [ ]'];
    lines.push('read: [ a ], write: [ b ], delete: [ c ]', 'read : [ a,\\\n  b ],\\\n write : [ c ]');
    for (const line of lines) expect(found(`[props/a%2Fb/EVAL-c]\naccess = ${line}\n`, 'x', 'meta')).toEqual([]);
    expect(found('[]\nexport = system\n[views]\nexport = none\n', 'x', 'meta')).toEqual([]);
  });

  it('is made of each later twin, at its first line, however many names there are', () => {
    const names = Array.from({ length: 50 }, (_, i) => `name${i}`);
    const text = [...names, 'NAME7', 'x', 'Name7', 'NAME7'].map((name) => `${name} = 1\n`).join('');
    expect(found(text)).toEqual(['case-only-twin 51:1', 'case-only-twin 53:1']);
    const headers = ['NAME7', ...names].map((name) => `[${name}]\n`).join('');
    expect(found(headers)).toEqual(['case-only-twin 9:1']);
  });

  it('is not made of names that differ otherwise, or of invisible characters in a comment', () => {
    expect(found('aXb = 1\naYb = 2\n[K]\nk = 1\n[L]\nK = 1\n')).toEqual([]);
    expect(found('# a\u00a0b\n ;\u200b\nk = ü\n')).toEqual([]);
  });

  it('is listed a thousand times at most, and the last one says how many are left out', () => {
    const { diagnostics } = parseConf('junk\n'.repeat(5000));
    expect(diagnostics).toHaveLength(MAX_DIAGNOSTICS + 1);
    expect(diagnostics.at(-1)).toMatchObject({
      code: 'too-many-diagnostics',
      line: 1000,
      column: 1,
      message: '4000 more findings are left out.',
    });
  });

  it('counts what is left out over all that was found, in the order of lines', () => {
    const { diagnostics } = parseConfBytes(new TextEncoder().encode('k\u00a0\n'.repeat(700) + 'K = 1\nk = 2\n'));
    expect(diagnostics).toHaveLength(MAX_DIAGNOSTICS + 1);
    expect(diagnostics.at(-1)).toMatchObject({ line: 500, message: '401 more findings are left out.' });
    expect(parseConf('junk\n'.repeat(1001)).diagnostics.at(-1)?.message).toBe('1 more finding is left out.');
    expect(parseConf('junk\n'.repeat(1000)).diagnostics).toHaveLength(1000);
  });
});

describe('any input', () => {
  const nasty = fc
    .array(
      fc.constantFrom(
        '[',
        ']',
        '=',
        '\\',
        '\\\n',
        '\n',
        '\r\n',
        '\r',
        ' ',
        '\t',
        '#',
        ';',
        '\0',
        '\ufeff',
        'a',
        'default',
        'A = 1\n',
        '\u00a0',
        '[a]\n',
        'k = v\n',
        '\u2028',
        'ü',
        '😀',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(''));

  it('is read without an error, with every line inside the file', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          nasty.map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          const { stanzas, diagnostics } = parseConfBytes(bytes);
          const lines = bytes.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
          for (const { line, column } of diagnostics) {
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(lines);
            expect(column).toBeGreaterThan(0);
          }
          for (const { settings } of stanzas)
            for (const { line, endLine } of settings) {
              expect(line).toBeGreaterThan(0);
              expect(endLine).toBeGreaterThanOrEqual(line);
              expect(endLine).toBeLessThanOrEqual(lines);
            }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('does not care whether lines end in LF or CRLF', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const plain = text.replaceAll('\r', '');
        expect(settingsOf(plain.replaceAll('\n', '\r\n'))).toEqual(settingsOf(plain));
      }),
      { numRuns: 1000 },
    );
  });

  it('comes back when settings are written out and read again', () => {
    const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.:-]{0,12}$/);
    const value = fc
      .array(fc.constantFrom('a', ' b', '\n', '|', '#', '[x]', '='), { maxLength: 8 })
      .map((parts) => `v${parts.join('')}v`);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(word, value), { selector: ([key]) => key, maxLength: 20 }), (settings) => {
        const text = settings.map(([key, v]) => `${key} = ${v.replaceAll('\n', '\\\n')}\n`).join('');
        expect(settingsOf(`[s]\n${text}`)).toEqual(settings.map(([key, v]) => ['s', key, v]));
      }),
    );
  });

  it('of a hostile shape stays a matter of its length', () => {
    const shapes = ['a', '=', '[', '[a\n', '\\\n', '[a]\n', 'k=v\n', 'k\\=', ' \n', '\r', '#\\\n'];
    for (const shape of shapes) expect(() => parseConf(shape.repeat(300_000))).not.toThrow();
  });
});
