import fc from 'fast-check';
import { clearSecrets } from './clear-secrets.ts';
import { maskConf } from './mask-conf.ts';
import { parseConf } from './parse-conf.ts';

const masked = (text: string, conf = 'server', kind: 'conf' | 'meta' = 'conf') => maskConf(text, { conf, kind }).text;
const KEY = 'MIIEowIBAAKCAQEA7bq98Zx0Tn3yPq1sVw5uLk';

describe('a masked file', () => {
  it.each([
    ['[general]\npass4SymmKey = hunter2\nserverName = h\n', '[general]\npass4SymmKey = ********\nserverName = h\n'],
    ['  sslPassword=hunter2\r\n', '  sslPassword=********\r\n'],
    ['password = one\npassword = two\n', 'password = ********\npassword = ********\n'],
    ['password = one\\\n  two\nk = v', 'password = ********\n\nk = v'],
    ['# password = hunter2\n;; token: x\n', '# password = ********\n;; token: x\n'],
    ['# see https://ann:hunter2@h/x\n', '# see https://ann:********@h/x\n'],
    ['# Authorization: Basic b2c3d4= password=hunter2\n', '# ********\n'],
    ['a = b\n\ufeff#=\\\nPw=]\n', 'a = b\n\ufeff#=\\\nPw=]\n'],
    ['[https://ann:hunter2@h]\nk = v\n', '[https://ann:********@h]\nk = v\n'],
    ['url = https://ann:hunter2@h/x\n', 'url = ********\n'],
    ['password = a\\ \nhunter2\nk = v\n', 'password = ********\n********\nk = v\n'],
    [`k = v\n${KEY}\n`, 'k = v\n********\n'],
    [`k = v\n${KEY}==\n`, 'k = v\n********\n'],
    [`# -----BEGIN RSA PRIVATE KEY-----\n# ${KEY}\n# a=\n# -----END RSA PRIVATE KEY-----\n# x\n`, maskedPemComment()],
    [`-----BEGIN PRIVATE KEY-----\n${KEY}\nabc\n-----END PRIVATE KEY-----\nx\n`, maskedPem()],
    ['https://ann:hunter2@h/?a=b\n', '********\n'],
    [`# token: ${KEY}1\n`, '# token: ********\n'],
    [`; ${KEY}\n`, '; ********\n'],
    [`k = -----BEGIN PRIVATE KEY-----\n${KEY}/abc\n`, 'k = -----BEGIN PRIVATE KEY-----\n********\n'],
    [`# -----BEGIN PRIVATE KEY-----\n# a\\\nk = v\n`, '# -----BEGIN PRIVATE KEY-----\n# ********\\\nk = v\n'],
    ['[script://./bin/x.sh --password hunter2]\nk = v\n', '[script://./bin/x.sh --password ********]\nk = v\n'],
    ['[script://./bin/x.sh -p hunter2]\nk = v\n', '[script://./bin/x.sh -p ********]\nk = v\n'],
    ['# http_proxy = ann:hunter2@proxy:3128\n', '# http_proxy = ********\n'],
    ['# <password>hunter2</password>\n', '# <password>********</password>\n'],
    ['<param name="password">hunter2</param>\n', '<param name=********\n'],
    ['# password: hunter2, as ever\n', '# password: ********, as ever\n'],
    [`password: hunter2\n{'passwd': 'hunter2'}\n`, `password: ********\n{'passwd': '********'}\n`],
    ['# -H "X-Api-Key: a1b2c3"\n', '# -H "X-Api-Key: ********"\n'],
    ['password: hunter2 = x\n', '********\n'],
    ['k = export API_TOKEN="a1b2c3"\n', 'k = ********\n'],
    ['# it holds list_storage_passwords. No export = x\n', '# it holds list_storage_passwords. No export = x\n'],
    ['k = plain\n# nothing\n\njunk\n', 'k = plain\n# nothing\n\njunk\n'],
  ])('holds no secret, and all the rest: %j', (text, expected) => {
    expect(masked(text)).toBe(expected);
    expect(masked(masked(text))).toBe(expected);
  });

  it.each([
    '# http://www.apache.org/licenses/LICENSE-2.0',
    '# SPDX-License-Identifier: LicenseRef-Splunk-8-2021',
    '#FIELDALIAS-x = 806 AS NoNested2PartySubIDs',
    '#FIELDALIAS-LegPaymentStubIndex2CapRate = 40446 AS LegPaymentStubIndex2CapRate',
    '# WMI Win32_PerfFormattedData_PerfOS_Memory',
    '# path=/splunk/hot/asuint/datamodel_summary/51_B4240999-4943-4D52-B6C3-FBAD9523511D, size=8',
    '# lines like -----BEGIN CERTIFICATE----- are left out\n# and this is about something else',
    'BREAK_ONLY_BEFORE = -----BEGIN CERTIFICATE-----\nk = v',
  ])('keeps what only looks like a key: %s', (text) => expect(maskConf(text)).toEqual({ text, secrets: [] }));

  it('has the secrets of its conf and its stanza', () => {
    const text = '[http://a]\ntoken = 7f3b1c52-9d1e-4c0a-8b52-6a1f0e9d2c44\n[x]\nfoo = enabled\n';
    expect(maskConf(text, { conf: 'inputs' }).secrets).toEqual([
      { kind: 'listed', stanza: 'http://a', key: 'token', line: 2, column: 1, isClear: true },
    ]);
  });

  it('masks secrets of metadata as those of any conf', () => {
    const text = '[views]\naccess = read : [ * ]\nowner = password\npassword = x\nsslPassword = x\n';
    expect(masked(text, 'local', 'meta')).toBe(text.replaceAll('= x', '= ********'));
  });

  it('masks what was meant as a setting, on a line that lost its place', () => {
    const text =
      'password\\\n = canary1\r\n[a]\npass4SymmKey \\\n  \\\n  = canary2\n[x] token = canary3\n[y] # secret = canary4\nk\\\n = v\n';
    const result = maskConf(text, { conf: 'server' });
    expect(result.text).toBe(
      '********\n\n[a]\n********\n\n\n[x] token = ********\n[y] # secret = ********\nk\\\n = v\n',
    );
    expect(result.secrets.map(({ key, line, column }) => [key, line, column])).toEqual([
      ['password', 1, 1],
      ['pass4SymmKey', 4, 1],
      ['token', 7, 5],
      ['secret', 8, 7],
    ]);
  });

  it('tells secrets in clear text from those that nobody can read', () => {
    const text =
      '[a]\npassword = $7$abcdefgh1234\n  password = x\nsecret = ********\n#token = hunter2\ntoken = <your token>\n# the secret = a name\n# token = $token$\n# pwd = ""\n';
    const { secrets } = maskConf(text, { conf: 'acme' });
    expect(secrets.map(({ line, isClear }) => [line, isClear])).toEqual([
      [2, false],
      [3, true],
      [4, false],
      [5, true],
      [6, false],
      [7, false],
      [8, false],
      [9, false],
    ]);
    expect(
      clearSecrets(parseConf(text).diagnostics, secrets).map(({ code, line, column }) => [code, line, column]),
    ).toEqual([
      ['duplicate-key', 3, 3],
      ['secret-in-clear', 3, 3],
      ['secret-in-clear', 5, 2],
    ]);
  });

  it('has as many lines as the file, and the same names and values otherwise', () => {
    const line = fc.constantFrom(
      ...[
        '[a]',
        '[b',
        'k = v',
        'k = v \\',
        '  x = y\\',
        '\\',
        '',
        '# c',
        '#c \\',
        'junk',
        'password = canary1',
        'token=canary2\\',
      ],
      ...[
        '  canary3',
        'a = https://u:canary4@h',
        '; secret = canary5',
        '= x',
        'k = v\r',
        'password = canary6\\\r',
        '\ud800 = x',
      ],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = lines.join('\n');
        const result = masked(text, 'acme');
        expect(result.split('\n')).toHaveLength(text.split('\n').length);
        for (const canary of ['canary1', 'canary2', 'canary4', 'canary5', 'canary6'])
          expect(result).not.toContain(canary);
        const show = (input: string) =>
          parseConf(input).stanzas.map(({ name, settings }) => [name, settings.map(({ key, line: at }) => [key, at])]);
        if (!text.includes('canary')) expect(result).toBe(text);
        if (!/canary[236]/.test(text)) expect(show(result)).toEqual(show(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'passwd=x\n\\\npasswd=2\nw',
    'token=L\n[\\\n;Pw=u',
    '[http]\no\\\ntoken=y\n',
    '\\\npassword=\u00a0',
    '\\\nAuthorization:Basic a1b2d4=\rpasswd=\u00c8',
    '[\\\n]token=b]',
    '[] -passin pass:=yApiKey:a1on::',
    '[] -passin pass:r1b=Api-Key:unter2',
  ])('masks %j the same the second time, with as many lines', (text) => {
    const once = maskConf(text, { conf: 'inputs' }).text;
    expect(maskConf(once, { conf: 'inputs' }).text).toBe(once);
    expect(once.split('\n')).toHaveLength(text.split('\n').length);
  });

  it('of a hostile shape stays a matter of its length', () => {
    const shapes = ['\r', '\\\r', ' ', '\t#', '-----BEGIN A', '-----BEGIN A-----', ' -p /a', '../'];
    for (const start of ['#', '# -----BEGIN A-----', 'a = -----BEGIN A-----', '[script://x -p ', 'junk '])
      for (const shape of shapes) {
        const text = `password = hunter2\n${start}${shape.repeat(50_000)}x\n`;
        expect(masked(text, 'inputs')).toMatch(/^password = \*+\n/);
      }
  });
});

function maskedPemComment(): string {
  return '# -----BEGIN RSA PRIVATE KEY-----\n# ********\n# ********\n# ********-----END RSA PRIVATE KEY-----\n# x\n';
}

function maskedPem(): string {
  return '-----BEGIN PRIVATE KEY-----\n********\n********\n********-----END PRIVATE KEY-----\nx\n';
}
