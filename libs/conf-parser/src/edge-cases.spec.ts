import { parseConf, parseConfBytes } from './parse-conf.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** What is read, as `stanza | key | value`, and the codes of what is noticed. */
function read(input: string | Uint8Array) {
  const { stanzas, diagnostics } = parseConfBytes(typeof input === 'string' ? bytesOf(input) : input);
  return {
    settings: stanzas.flatMap(({ name, settings }) => settings.map(({ key, value }) => `${name} | ${key} | ${value}`)),
    codes: diagnostics.map(({ code }) => code),
  };
}

type Case = readonly [title: string, input: string | Uint8Array, settings: readonly string[], codes: readonly string[]];

/** The corners of the format, each with what is read and what is noticed. */
const CASES: readonly Case[] = [
  ['a byte order mark at the start is dropped', '\ufeff[a]\nk=v', ['a | k | v'], []],
  [
    'one inside the file is text',
    'k=v\n\ufeff[a]\nx=y',
    ['default | k | v', 'default | x | y'],
    ['bom-in-file', 'junk-line'],
  ],
  [
    'one before a header that holds "=" makes a setting of it',
    '\ufeff\ufeff[a=b]',
    ['default | \ufeff[a | b]'],
    ['bom-in-file'],
  ],
  ['UTF-16 is read, though Splunk cannot', latin1('\xff\xfe[\0a\0]\0\n\0k\0=\0v\0'), ['a | k | v'], ['utf16']],
  ['UTF-16 the other way round as well', latin1('\xfe\xff\0k\0=\0v'), ['default | k | v'], ['utf16']],
  ['a byte of Latin-1 is kept', latin1('k=\xa9'), ['default | k | ©'], ['invalid-utf8']],
  ['a NUL byte is kept', 'k=a\0b', ['default | k | a\0b'], ['nul-byte']],
  ['CRLF ends a line', '[a]\r\nk=v\r\n', ['a | k | v'], []],
  ['ends may be mixed, and doubled', '[a]\r\r\nk=v\nx=y\r\n', ['a | k | v', 'a | x | y'], []],
  ['CR alone ends no line', '[a]\rk=v\r', [], ['cr-only', 'text-after-header']],
  ['a file may end without a line end', '[a]\nk=v', ['a | k | v'], []],
  ['a comment may be indented', '# x\n  # y=z\n\t;a=b\n', [], []],
  ['a comment after a value is part of it', 'k = 10 # x', ['default | k | 10 # x'], ['inline-comment']],
  ['after a semicolon too', 'k = a ; b', ['default | k | a ; b'], []],
  ['a comment ends with its line', '# x \\\nk=v', ['default | k | v'], ['comment-continuation']],
  ['a value goes on after a backslash', 'k = a\\\nb', ['default | k | a\nb'], []],
  ['with the blanks on both sides', 'k = a  \\\n   b', ['default | k | a  \n   b'], []],
  [
    'not after a backslash and a blank',
    'k = a\\ \nx=y',
    ['default | k | a\\', 'default | x | y'],
    ['continuation-trailing-blank'],
  ],
  ['two backslashes are one, and the value goes on', 'k = a\\\\\nb', ['default | k | a\\\nb'], []],
  ['an empty line ends the value', 'k = a\\\n\nx=y', ['default | k | a\n', 'default | x | y'], []],
  ['a blank line does as well', 'k = a\\\n  \t\nx=y', ['default | k | a\n', 'default | x | y'], []],
  ['a backslash alone is an empty line of the value', 'k = a\\\n\\\nb', ['default | k | a\n\nb'], []],
  ['a header inside a value is text', 'k = a\\\n[x]', ['default | k | a\n[x]'], []],
  ['so is a comment, and the value goes on', 'k = a\\\n# x \\\nb', ['default | k | a\n# x \nb'], []],
  ['a value may start on the next line', 'k = \\\n  v', ['default | k | \n  v'], []],
  ['or end with the file', 'k = a\\', ['default | k | a\n'], ['continuation-at-eof']],
  ['a header that ends in a backslash goes on', '[a\\\nb]\nk=v', ['a\nb | k | v'], []],
  ['blanks after a header do nothing', '[a]   \nk=v', ['a | k | v'], []],
  [
    'text after a header does nothing',
    '[a]: text\nk=v\n[b] # c\nx=y',
    ['a | k | v', 'b | x | y'],
    ['text-after-header', 'text-after-header'],
  ],
  ['a name ends at the last bracket', '[a [b]]\nk=v\n[x[/\\]y]\nk=v', ['a [b] | k | v', 'x[/\\]y | k | v'], []],
  ['blanks inside the brackets are the name', '[ a ]\nk=v', [' a  | k | v'], ['header-inner-space']],
  ['a header may be indented', ' \t[a]\nk=v', ['a | k | v'], []],
  ['a header without an end is none', '[a]\n[b\nk=v', ['a | k | v'], ['header-unclosed']],
  ['a bracket alone means nothing', 'a]\n]\n', [], ['junk-line', 'junk-line']],
  ['a name may be empty', '[]\nk=v', [' | k | v'], ['header-empty']],
  [
    'only [default] is the default',
    '[DEFAULT]\nk=v\n[Default]\n',
    ['DEFAULT | k | v'],
    ['default-case', 'default-case'],
  ],
  ['settings before a header are the default', 'k=v\n[default]\nx=y', ['default | k | v', 'default | x | y'], []],
  [
    'a stanza written twice is one',
    '[a]\nk=1\n[b]\n[a]\nk=2\nx=y',
    ['a | k | 2', 'a | x | y'],
    ['duplicate-stanza', 'duplicate-key'],
  ],
  ['a setting written twice counts once', 'k=1\nk=2\nk=2', ['default | k | 2'], ['duplicate-key']],
  [
    'names in another case are others',
    '[a]\nK=1\nk=2\n[A]',
    ['a | K | 1', 'a | k | 2'],
    ['case-only-twin', 'case-only-twin'],
  ],
  ['a value may be empty', 'k=\nx = \ny=\t', ['default | k | ', 'default | x | ', 'default | y | '], []],
  ['blanks around a value are trimmed', 'k =\t v w  \t\v\f', ['default | k | v w'], []],
  ['blanks before a key too', '   k = v', ['default | k | v'], []],
  ['those inside a key are kept', 'a b  c = d', ['default | a b  c | d'], []],
  ['only the first "=" counts', 'k = = v\nx == y', ['default | k | = v', 'default | x | = y'], []],
  [
    'unless a backslash is before it',
    'a\\=b = c\nd\\\\=e\nf\\.g\\ = h',
    ['default | a=b | c', 'default | d\\ | e', 'default | f\\.g\\ | h'],
    [],
  ],
  ['nothing before a "=" is no setting', '= v', [], ['empty-key']],
  [
    'a line without "=" is none either',
    'rem x\n* y\n// z\n-- a',
    [],
    ['junk-line', 'junk-line', 'junk-line', 'junk-line'],
  ],
  ['with "=" anything is', '* x = y\n// a = b', ['default | * x | y', 'default | // a | b'], []],
  ['a "=" on a continued line comes too late', 'a\\\nb = c', [], ['eq-on-later-line']],
  [
    'quotes are letters',
    'k = "a"\nx = """\ny = \'a\'',
    ['default | k | "a"', 'default | x | """', "default | y | 'a'"],
    [],
  ],
  [
    'variables stay as they are written',
    '[monitor://$SPLUNK_HOME/x]\nk = $SPLUNK_DB/a',
    ['monitor://$SPLUNK_HOME/x | k | $SPLUNK_DB/a'],
    [],
  ],
  [
    'text glued to a header is part of the name when a bracket follows',
    '[x] access = read : [ * ]\nk=v',
    ['x] access = read : [ *  | k | v'],
    ['text-in-header'],
  ],
  ['a file may hold nothing', '', [], []],
  ['or blanks', ' \n\t\r\n', [], []],
  [
    'a launch file has no header',
    'SPLUNK_HOME=/opt/splunk\n# SPLUNK_DB=/db\n',
    ['default | SPLUNK_HOME | /opt/splunk'],
    [],
  ],
];

describe('in a conf file', () => {
  it.each(CASES)('%s', (_title, input, settings, codes) => {
    expect(read(input)).toEqual({ settings, codes });
  });

  it('a value may be as long as it likes', () => {
    const value = 'x'.repeat(1_000_000);
    expect(parseConf(`k = ${value}\\\n${value}\n`).stanzas[0]?.settings[0]?.value).toBe(`${value}\n${value}`);
  });
});
