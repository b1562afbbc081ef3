import type { Origin } from '@confscope/conf-parser';
import { ConfFileReader } from './conf-files.ts';

const reader = new ConfFileReader(Buffer.alloc(32, 7));

function read(conf: string, text: string, kind: 'conf' | 'meta' = 'conf') {
  const place = { instance: '', target: 'instance', app: 'a', scope: 'app', layer: 'local', user: null } as const;
  const origin: Origin = { path: `a/local/${conf}.conf`, kind, conf, ...place, ignoredReason: null };
  return reader.read({ origin, content: Buffer.from(text), sha256: '00', key: '' });
}

describe('what is stored of a file', () => {
  it('has a mask in the place of every secret, and a finding for each that stands in clear text', () => {
    const file = read(
      'inputs',
      '[http://a]\ntoken = enabled\ntoken = canary\n[x]\nk = v\npassword = $7$abcdefgh12345678\n',
    );
    expect(JSON.stringify(file)).not.toMatch(/canary|enabled|abcdefgh/);
    expect(file.stanzas[0]?.settings).toEqual([
      ['token', '********', 3, 3, { o: [['********', 2]], f: expect.stringMatching(/^[0-9a-f]{32}$/) as string }],
    ]);
    const found = file.diagnostics as { code: string; line: number }[];
    expect(found.map(({ code, line }) => [code, line])).toEqual([
      ['secret-in-clear', 2],
      ['duplicate-key', 3],
      ['secret-in-clear', 3],
    ]);
    expect(file).toMatchObject({ warningCount: 3, errorCount: 0 });
  });

  it.each([
    ['a setting that is commented out', '# password = canary1\n', 1],
    ['a comment with an address', '[a]\n  ; see https://ann:canary2@h/\n', 2],
    ['a key in comments', '# -----BEGIN PRIVATE KEY-----\n# MIIEcanary3MIIEcanary3\n# -----END PRIVATE KEY-----\n', 1],
    ['a proxy in a comment', '# server = ann:canary6@host:8080\n', 1],
    ['JSON in a comment', '[a]\n# config = {"password": "canary7x"}\n', 2],
    ['a token in a comment', '# hec = 1a2b3c4d-1111-2222-3333-444455556666\n', 1],
    ['a search in a comment', '# search = index=a password="canary8x"\n', 1],
    ['a line without sense', '[a]\nk = v\n--token canary4canary\n', 3],
    ['text behind a header', '[a] https://ann:canary5@h/\n', 1],
  ])('has a finding for a secret in %s, though that is not stored', (_what, text, line) => {
    const file = read('inputs', text);
    expect(JSON.stringify(file)).not.toContain('canary');
    expect(file.diagnostics).toContainEqual(expect.objectContaining({ code: 'secret-in-clear', line }));
  });

  it('has no finding for comments that only speak of secrets', () => {
    const file = read('inputs', '# the password is set by somebody else\n# token = <your token>\n[a]\nk = v\n');
    expect(file.diagnostics).toEqual([]);
  });

  it('masks secrets in names of stanzas and settings, and in metadata', () => {
    const conf = read(
      'inputs',
      '[rest://https://ann:canary1@h/x]\nhttps://bob:canary2@h/?q = 1\nabcdEFGH12345678ijkl = =\n',
    );
    expect(conf.stanzas[0]?.name).toBe('rest://https://ann:********@h/x');
    expect(conf.stanzas[0]?.settings.map(([key]) => key)).toEqual(['https://bob:********@h/?q', '********']);
    const meta = read('local.meta', '[]\nowner = https://ann:canary3@h\npassword = canary4\n', 'meta');
    expect(meta.stanzas[0]?.settings.map(([, value]) => value)).toEqual(['********', '********']);
    expect(JSON.stringify([conf, meta])).not.toContain('canary');
  });

  it('is what the file says when there is no secret in it', () => {
    expect(read('props', '[a]\nk = v\0\n').stanzas).toEqual([
      { name: 'a', line: 1, headerLines: [1], settings: [['k', 'v\u2400', 2, 2]] },
    ]);
  });
});
