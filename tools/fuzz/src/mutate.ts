import type { Random } from '@confscope/random';

/** Longer inputs find nothing that shorter ones do not, and take longer. */
export const MAX_INPUT_BYTES = 2000;

const encode = (text: string) => new TextEncoder().encode(text);

/** What means something to the format, and what only looks like it. */
const TOKENS: readonly Uint8Array[] = [
  ...[
    '[',
    ']',
    '[a]',
    '[a',
    '[default]',
    '[]',
    '=',
    ' = ',
    '\\',
    '\\\n',
    '\\ \n',
    '\\\r\n',
    '\n',
    '\r\n',
    '\r',
    ' ',
    '\t',
  ],
  ...[
    '#',
    ';',
    '# ',
    '\0',
    '\ufeff',
    '\u00a0',
    '\u2028',
    '\u201c',
    'ü',
    '😀',
    'k = v\n',
    'K = 1\n',
    'k = 2\n',
    '\\=',
    '\\\\',
  ],
  ...[
    'password = x\n',
    'token=',
    'search = a | b \\\n',
    '-----BEGIN X KEY-----',
    '-----END X KEY-----',
    '-----END',
    'https://u:p@h',
    '$1$',
    '$7$abc',
    '$6$salt$aB3dE5gH7aB3dE5gH7aB3dE5gH7',
    'MIIEowIBAAKCAQEA7bq98Zx0',
    '?token=abc12345',
    ';Pwd=hunter2',
    'Authorization: Basic a1b2c3d4=',
    'password: hunter2',
    'PGPASSWORD=a1',
    '<password>',
    '"password" value="hunter2"/>',
    'hunter2</password>',
    ' -u a:hunter2',
    ' -Dpassword=',
    ' -passin pass:',
    'X-Api-Key:',
    '://ghp_a1b2c3d4e5@',
    '[script://x -p hunter2]',
    ' --password hunter2',
    'proxy = u:p@h:1',
  ],
  ...[
    'access = read : [ * ]',
    'export = system\n',
    'disabled = 1\n',
    '10 # x',
    '__proto__',
    'monitor://',
    '$SPLUNK_HOME',
  ],
]
  .map(encode)
  .concat([Uint8Array.of(0xff), Uint8Array.of(0xc3), Uint8Array.of(0xef, 0xbb, 0xbf), Uint8Array.of(0xff, 0xfe)]);

/** Inputs to start from. */
export const SEEDS: readonly Uint8Array[] = [
  '',
  '[a]\nk = v\n',
  'k = v\n[a]\nlong = one \\\n  two\n[b]\n[a]\nk = w\n',
  '# c\n; d \\\n[x]: y\n[ z ]\nk\\=l = m\\ \njunk\n= n\n',
  '\ufeff[s]\r\nsearch = index=a \\\r\n| stats count\r\n[S]\r\n',
  '[]\naccess = read : [ * ], write : [ admin ]\n[props/a%2Fb]\nexport = none\n',
  '[general]\npass4SymmKey = hunter2\n# token = x\n[http://a]\ntoken = y\n',
].map(encode);

/** A new input out of one, and now and then out of two. */
export function mutate(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  let input = random.pick(corpus);
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) input = mutateOnce(random, input, corpus);
  return input.subarray(0, MAX_INPUT_BYTES);
}

function mutateOnce(random: Random, input: Uint8Array, corpus: readonly Uint8Array[]): Uint8Array {
  const at = random.below(input.length + 1);
  const to = Math.min(input.length, at + 1 + random.below(12));
  switch (random.below(7)) {
    case 0:
    case 1:
      return splice(input, at, at, random.pick(TOKENS));
    case 2:
      return splice(input, at, to, random.pick(TOKENS));
    case 3:
      return splice(input, at, to, new Uint8Array());
    case 4:
      return splice(input, at, at, input.subarray(at, to));
    case 5: {
      const other = random.pick(corpus);
      return splice(input, at, input.length, other.subarray(random.below(other.length + 1)));
    }
    default:
      return input.length === 0
        ? input
        : splice(input, at, Math.min(at + 1, input.length), Uint8Array.of(random.below(256)));
  }
}

function splice(input: Uint8Array, from: number, to: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(input.length - (to - from) + insert.length);
  result.set(input.subarray(0, from));
  result.set(insert, from);
  result.set(input.subarray(to), from + insert.length);
  return result;
}
