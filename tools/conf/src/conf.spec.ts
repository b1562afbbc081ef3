import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tarGzOf, zipOf } from '@confscope/testing';
import { runConf, runConfInto, runConfUnwritten } from './run-conf.fixture.ts';

const FILES = {
  'etc/apps/shop/local/inputs.conf':
    '# ours\n[monitor:///var/log]\nindex = a \\\n b\nindex = c\n[http://x]\ntoken = canary-1\n',
  'etc/apps/shop/default/props.conf': '[st]\nKV_MODE = none\n',
  'etc/apps/shop/metadata/local.meta': '[]\nexport = system\n',
  'etc/apps/shop/bin/other.conf': 'nothing at all',
  'etc/system/local/server.conf': '[general]\nserverName = h\n',
};

interface FileJson {
  path: string;
  stanzas: { name: string; settings: { key: string; value: string }[] }[];
  diagnostics: { code: string; line: number }[];
}

const jsonLines = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as FileJson);

describe('the conf command', () => {
  let folder: string;
  const at = (...path: string[]) => join(folder, ...path);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conf-spec-'));
    for (const [path, content] of Object.entries(FILES)) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    }
    const files = Object.entries(FILES).map(([path, content]) => ({ path, content }));
    writeFileSync(at('etc.tgz'), await tarGzOf(files));
    writeFileSync(at('etc.zip'), zipOf(files));
    symlinkSync('..', at('etc', 'apps', 'shop', 'round'));
    writeFileSync(at('clean.conf'), '[a]\nk = v\n');
    mkdirSync(at('empty'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('parses folders and archives alike, one JSON object per file and line', async () => {
    const [fromFolder, fromTar, fromZip] = await Promise.all(
      ['etc', 'etc.tgz', 'etc.zip'].map((name) => runConf(['parse', at(name), '--json'])),
    );
    const files = jsonLines(fromFolder?.out ?? '');
    expect(fromFolder).toMatchObject({ code: 1, err: '' });
    expect(files.map(({ path }) => path.slice(folder.length + 1))).toEqual([
      'etc/apps/shop/default/props.conf',
      'etc/apps/shop/local/inputs.conf',
      'etc/apps/shop/metadata/local.meta',
      'etc/system/local/server.conf',
    ]);
    expect(files[1]?.stanzas[0]).toEqual({
      ...{ name: 'monitor:///var/log', conf: 'inputs', app: 'shop', scope: 'app', layer: 'local', user: null },
      ...{ path: at('etc/apps/shop/local/inputs.conf'), line: 2, comment_line: 1, header_lines: [2] },
      settings: [
        {
          ...{ key: 'index', value: 'c', line: 5, end_line: 5, masked: false },
          overwritten: [{ value: 'a \n b', line: 3 }],
        },
      ],
    });
    expect(files[1]?.diagnostics.map(({ code, line }) => [code, line])).toEqual([
      ['duplicate-key', 5],
      ['secret-in-clear', 7],
    ]);
    const bare = (out = '') =>
      jsonLines(out).map(({ stanzas }) => stanzas.map(({ name, settings }) => [name, settings]));
    for (const archive of [fromTar, fromZip])
      expect(bare(archive?.out).toSorted()).toEqual(bare(fromFolder?.out).toSorted());
    expect(jsonLines(fromTar?.out ?? '')[0]?.path).toContain('etc.tgz:etc/apps/shop/');
  });

  it('leaves out of a folder what it leaves out of an archive', async () => {
    const left = ['app/default/._app.conf', '__MACOSX/app/default/._app.conf', '__MACOSX/x/default/app.conf'];
    for (const path of [...left, 'app/default/app.conf']) {
      mkdirSync(dirname(at('mac', path)), { recursive: true });
      writeFileSync(at('mac', path), '[ui]\n');
    }
    const { out } = await runConf(['parse', '--json', at('mac')]);
    expect(jsonLines(out).map(({ path }) => path)).toEqual([at('mac/app/default/app.conf')]);
  });

  it('reads of an archive what unpacking it leaves, and says what is left out', async () => {
    const path = (app: string) => `etc/apps/${app}/default/props.conf`;
    const archive = await tarGzOf([
      { path: path('a'), content: '[x]\nk = old\n' },
      { path: path('linked'), type: 'link', linkname: path('a') },
      { path: path('a'), content: '[x]\nk = new\n' },
      { path: path('away'), type: 'symlink', linkname: '../elsewhere.conf' },
    ]);
    writeFileSync(at('twice.tgz'), archive);
    const parsed = await runConf(['parse', '--json', at('twice.tgz')]);
    const found = jsonLines(parsed.out).map(({ path: where, stanzas }) => [where, stanzas[0]?.settings[0]?.value]);
    expect(found.toSorted()).toEqual([
      [`${at('twice.tgz')}:${path('a')}`, 'new'],
      [`${at('twice.tgz')}:${path('linked')}`, 'old'],
    ]);
    expect(parsed.err).toBe(
      `conf: an entry of "${at('twice.tgz')}" is left out: '${path('away')}' is a link; pack the file that it stands for ` +
        '(tar --dereference --hard-dereference, zip without --symlinks).\n',
    );
  });

  it('shows what is configured with the line of each setting, and no secret unless it is asked for', async () => {
    const { out } = await runConf(['parse', at('etc/apps/shop/local/inputs.conf')]);
    expect(out).toContain('2 stanzas, 2 settings, 2 findings\n2  [monitor:///var/log]\n5    index = c\n');
    expect(out).toContain('token = ********');
    expect((await runConf(['parse', '--show-secrets', at('etc')])).out).toContain('token = canary-1');
  });

  it('checks with a frame of the code and a remedy, and says with its exit code whether anything was found', async () => {
    const found = await runConf(['check', at('etc')]);
    expect(found).toMatchObject({ code: 1, err: '' });
    expect(found.out).toContain(`${at('etc/apps/shop/local/inputs.conf')}:5:1  warning  duplicate-key\n`);
    expect(found.out).toContain('\n> 5 | index = c\n    | ^\n');
    expect(found.out).toContain('\n→ Remove the value that is not meant.\n');
    expect(found.out).toContain('3 warnings in 4 files.');
    expect(found.out).not.toContain('canary');
    expect(found.out).not.toContain('\u001b');
    expect(await runConf(['check', at('clean.conf')])).toEqual({ code: 0, out: 'Nothing found in 1 file.\n', err: '' });
    expect((await runConf(['check', '--severity', 'error', at('etc')])).code).toBe(0);
    const json = await runConf(['check', '--json', at('etc.zip')]);
    expect(jsonLines(json.out).flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual([
      'duplicate-key',
      'secret-in-clear',
      'ignored-location',
    ]);
  });

  it('checks what the files of a tree are together', async () => {
    const files = [
      { path: 'etc/system/local/server.conf', content: '[general]\n' },
      { path: 'etc/apps/a/local/limits.conf', content: '[s]\nk = 1\n' },
      { path: 'etc/apps/b/local/limits.conf', content: '[s]\nk = 2\n' },
      { path: 'etc/apps/b/local/default.old/limits.conf', content: '' },
    ];
    writeFileSync(at('two.tgz'), await tarGzOf(files));
    const { out } = await runConf(['check', at('two.tgz')]);
    expect(out).toContain('two.tgz:etc/apps/b/local/limits.conf:2:1  warning  conflicting-apps\n');
    expect(out).toContain('→ Set it in one app alone. etc/apps/a/local/limits.conf, line 2, wins at index time.\n');
    expect(out).toContain('limits.conf:1:1  warning  ignored-location\n');
  });

  it('colours a terminal, and nothing when NO_COLOR says so', async () => {
    expect((await runConf(['check', at('etc')], '', { FORCE_COLOR: '1' })).out).toContain('\u001b[33mwarning');
    expect((await runConf(['check', at('etc')], '', { NO_COLOR: '1' })).out).not.toContain('\u001b');
  });

  it('masks secrets and leaves all else as it is', async () => {
    const one = await runConf(['mask', at('etc/apps/shop/local/inputs.conf')]);
    expect(one).toEqual({
      code: 0,
      out: FILES['etc/apps/shop/local/inputs.conf'].replace('canary-1', '********'),
      err: '',
    });
    const many = await runConf(['mask', at('etc.tgz')]);
    expect(many.out).toContain('etc.tgz:etc/system/local/server.conf <==\n[general]\nserverName = h\n');
    expect(many.out).not.toContain('canary');
    const json = await runConf(['mask', '--json', at('etc')]);
    expect(json.out).toContain('"secrets":[{"kind":"listed","stanza":"http://x","key":"token","line":7');
  });

  it('reads standard input, as what it is said to be', async () => {
    const text = '[http://x]\ntoken = enabled\n';
    expect((await runConf(['mask', '-'], text)).out).toBe(text);
    expect((await runConf(['mask', '-', '--name', 'inputs.conf'], text)).out).toContain('token = ********');
    const archive = await tarGzOf([{ path: 'a/local/x.conf', content: 'k = v\n' }]);
    const parsed = await runConf(['parse', '--json', '--name', 'a.tgz', '-'], archive);
    expect(jsonLines(parsed.out)[0]).toMatchObject({ path: 'a.tgz:a/local/x.conf', stanzas: [{ app: 'a' }] });
    const nameless = await runConf(['parse', '--json', '-'], archive);
    expect(jsonLines(nameless.out)[0]).toMatchObject({ path: '-:a/local/x.conf', stanzas: [{ app: 'a' }] });
  });

  it('ends quietly when nobody reads on', async () => {
    writeFileSync(at('long.conf'), Array.from({ length: 4000 }, (_, i) => `[s${i}]\nk = ${i}\njunk\n`).join(''));
    for (const verb of ['parse', 'check', 'mask']) expect((await runConfInto([verb, at('long.conf')])).err).toBe('');
  });

  it('says that a result cannot be written, and not that there were findings', async () => {
    const { code, err } = await runConfUnwritten(['check', at('etc')], at('clean.conf'));
    expect({ code, err: err.trimEnd() }).toEqual({
      code: 2,
      err: 'conf: The result cannot be written: bad file descriptor.',
    });
  });

  it('says why a path cannot be read, and not that there were findings', async () => {
    symlinkSync('round.conf', at('round.conf'));
    for (const [path, why] of [
      [at('clean.conf', 'x.conf'), 'There is no file or folder'],
      [at('round.conf'), 'too many symbolic links'],
      [at(`${'a'.repeat(300)}.conf`), 'name too long'],
    ] as const) {
      const ran = await runConf(['parse', path]);
      expect(ran).toMatchObject({ code: 2, out: '' });
      expect(ran.err).toContain(why);
      expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('shows characters that would drive the terminal as symbols', async () => {
    const { out } = await runConf(['check', '-'], 'junk \u001b[31m red\n');
    expect(out).toContain('junk \u241b[31m red');
    const parsed = await runConf(['parse', '-'], '[a\u001bb]\nk\u0007 = a\u001b[31m \\\n b\u0008\n');
    expect(parsed.out).toContain('[a\u241bb]\n2    k\u2407 = a\u241b[31m \n      b\u2408\n');
    expect((await runConf(['check', '-'], 'junk \u009b31m red\n')).out).toContain('junk \ufffd31m red');
    const odd = at('y\u001b[31mz.conf');
    writeFileSync(odd, 'junk\n');
    for (const verb of ['parse', 'check']) expect((await runConf([verb, odd])).out).toContain('y\u241b[31mz.conf');
  });

  it('explains itself', async () => {
    for (const args of [['--help'], ['check', '-h'], ['help']]) {
      const { code, out } = await runConf(args);
      expect({ code, start: out.slice(0, 11) }).toEqual({ code: 0, start: 'Reads Splun' });
    }
    expect((await runConf(['codes'])).out).toContain('### header-unclosed\n');
  });

  it.each([
    [[], 'Say what to do'],
    [['lint', 'x'], 'There is no command "lint". The commands are'],
    [['check'], 'needs a file, a folder or an archive'],
    [['check', '--jsno', 'x'], "'--jsno'"],
    [['check', '--severity', 'bad', 'x'], 'There is no severity "bad". Use error, warning or info.'],
    [['parse', 'no-such-file.conf'], 'There is no file or folder "no-such-file.conf". Check the name.'],
    [['parse', 'no-such-folder'], 'There is no file or folder "no-such-folder"'],
    [['mask', '-', '-'], 'can be read once only'],
  ])('refuses what makes no sense, and names it: %j', async (args, message) => {
    const ran = await runConf(args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(`conf: `);
    expect(ran.err).toContain(message);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a folder without configuration and an archive that is none', async () => {
    expect(await runConf(['check', at('empty')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('empty') as string,
    });
    writeFileSync(at('broken.tgz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    const broken = await runConf(['check', at('broken.tgz')]);
    expect(broken.code).toBe(2);
    expect(broken.err).toContain('broken.tgz" cannot be read. ');
  });

  it('shows what it read of an archive before what is damaged, and says what that is', async () => {
    const files = ['a', 'b'].map((app) => ({ path: `${app}/local/x.conf`, content: `[${app}]\nk = v\n` }));
    const damaged = { path: 'c/local/x.conf', content: '[c]\n', local: { crc32: 1 }, central: { crc32: 1 } };
    writeFileSync(at('damaged.zip'), zipOf([...files, damaged]));
    const ran = await runConf(['parse', '--json', at('damaged.zip')]);
    expect(jsonLines(ran.out).map(({ path }) => path.split(':').at(-1))).toEqual(['a/local/x.conf', 'b/local/x.conf']);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(
      /^conf: ".*damaged.zip" cannot be read. The file 'c\/local\/x.conf' in the zip is damaged: .*\n$/,
    );
  });

  it('does not look successful when it ends before it is through', async () => {
    const never = `import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      fs.stat = () => new Promise(() => undefined);
      syncBuiltinESMExports();`;
    const env = { NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(never)}"` };
    expect(await runConf(['check', at('etc')], '', env)).toMatchObject({ code: 2, out: '' });
  });
});
