import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tarGzOf } from '@confscope/testing';
import { runConf } from './run-conf.fixture.ts';

const FILES = [
  { path: 'etc/system/default/limits.conf', content: '[search]\nttl = 600\nmax = 10\n' },
  { path: 'etc/apps/zeta/local/limits.conf', content: '[search]\nttl = 5\n[join]\nx =\n' },
  { path: 'etc/apps/alpha/local/limits.conf', content: '[search]\nttl = 7\n' },
  { path: 'etc/apps/off/local/limits.conf', content: '[search]\nttl = 0\n' },
  { path: 'etc/apps/off/local/app.conf', content: '[install]\nstate = disabled\n' },
  { path: 'etc/users/ann/zeta/local/limits.conf', content: '[search]\nttl = 1\n' },
];

describe('conf btool', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const btool = (...args: string[]) => runConf(['btool', ...args]);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conf-btool-'));
    writeFileSync(at('etc.tgz'), await tarGzOf(FILES));
    const two = FILES.flatMap(({ path, content }) => ['a', 'b'].map((host) => ({ path: `${host}/${path}`, content })));
    writeFileSync(at('two.tgz'), await tarGzOf(two));
    writeFileSync(at('clients.tgz'), await tarGzOf([{ path: 'deployment-apps/a/local/x.conf', content: '' }]));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('lists what holds, and with --debug from where', async () => {
    expect(await btool('limits', 'list', '--etc', at('etc.tgz'))).toEqual({
      code: 0,
      out: '[join]\nx = \n[search]\nmax = 10\nttl = 7\n',
      err: '',
    });
    const { out } = await btool('limits', 'list', 'sea', '--etc', at('etc.tgz'), '--debug', '--home', '/splunk');
    expect(out).toBe(
      [
        '/splunk/etc/apps/alpha/local/limits.conf    [search]',
        '/splunk/etc/system/default/limits.conf      max = 10',
        '/splunk/etc/apps/alpha/local/limits.conf    ttl = 7',
        '',
      ]
        .join('\n')
        .replaceAll(/^(\S+) +/gm, (_, path: string) =>
          path.padEnd('/splunk/etc/apps/alpha/local/limits.conf'.length + 1),
        ),
    );
  });

  it('lists it as an app sees it, and as a user does', async () => {
    expect((await btool('limits', 'list', '--etc', at('etc.tgz'), '--app', 'zeta')).out).toContain('ttl = 5\n');
    const user = await btool('limits', 'list', '--etc', at('etc.tgz'), '--app=zeta', '--user=ann');
    expect(user.out).toContain('ttl = 1\n');
  });

  it('lists one of several instances', async () => {
    const both = await btool('limits', 'list', '--etc', at('two.tgz'));
    expect(both).toMatchObject({ code: 2, out: '' });
    expect(both.err).toContain('several instances: "a/etc", "b/etc". Name one with --instance.');
    const one = await btool('limits', 'list', 'join', '--etc', at('two.tgz'), '--instance', 'b/etc');
    expect(one.out).toBe('[join]\nx = \n');
  });

  it.each([
    [['limits'], 'conf btool CONF list'],
    [['list', 'limits'], 'conf btool CONF list'],
    [['limits', 'list'], 'needs --etc'],
    [['limits', 'list', '--etc', 'ETC', '--user', 'ann'], '--user goes with --app'],
    [['limits', 'list', '--etc', 'ETC', '--app', 'nope'], 'There is no app "nope"'],
    [['limits', 'list', '--etc', 'ETC', '--instance', 'x'], 'There is no instance "x"'],
    [['limits', 'list', '--etc', 'CLIENTS'], 'for other machines alone'],
  ])('refuses what makes no sense, and names it: %j', async (args, message) => {
    const paths: Record<string, string> = { ETC: at('etc.tgz'), CLIENTS: at('clients.tgz') };
    const ran = await btool(...args.map((arg) => paths[arg] ?? arg));
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(message);
  });

  it('says when there is no such conf', async () => {
    expect(await btool('limts', 'list', '--etc', at('etc.tgz'))).toEqual({
      code: 0,
      out: '',
      err: `conf: there is no limts.conf in "${at('etc.tgz')}".\n`,
    });
  });
});
