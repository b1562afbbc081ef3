import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tarGzOf } from '@confscope/testing';
import { runConf } from './run-conf.fixture.ts';

const FILES = [
  {
    path: 'etc/system/default/props.conf',
    content: 'TRUNCATE = 10000\n[access]\nTRUNCATE = 5\nTZ = UTC\n[source::...access.log]\nsourcetype = access\n',
  },
  {
    path: 'etc/apps/a/local/props.conf',
    content: '[host::web*]\nTRUNCATE = 7\n[source::(]\n[syslog]\nKV_MODE = none\n',
  },
];

describe('conf event', () => {
  let folder: string;
  let etc: string;
  const event = (...args: string[]) => runConf(['event', '--etc', etc, ...args]);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conf-event-'));
    etc = join(folder, 'etc.tgz');
    writeFileSync(etc, await tarGzOf(FILES));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('lists the stanzas for an event, those first that win, with what holds of each', async () => {
    expect(await event('--source', '/var/access.log', '--host', 'WEB1')).toEqual({
      code: 0,
      out: '[source::...access.log]\nsourcetype = access\n[host::web*]\nTRUNCATE = 7\n[access]\nTZ = UTC\n',
      err: [
        'conf: the event has the sourcetype access, as [source::...access.log] says.',
        'conf: [source::(] is left out: a bracket is not closed.',
        '',
      ].join('\n'),
    });
  });

  it('lists [default] last where nothing else sets a key, and with --debug the files', async () => {
    const { out, err } = await event('--sourcetype', 'syslog', '--debug', '--home', '/s');
    expect([out, err]).toEqual([
      [
        '/s/etc/apps/a/local/props.conf   [syslog]\n',
        '/s/etc/apps/a/local/props.conf   KV_MODE = none\n',
        '/s/etc/system/default/props.conf [default]\n',
        '/s/etc/system/default/props.conf TRUNCATE = 10000\n',
      ].join(''),
      '',
    ]);
  });

  it('says how it is called', async () => {
    expect(await event()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--source') as string });
    expect(await runConf(['event', '--host', 'a'])).toMatchObject({
      code: 2,
      err: 'conf: "conf event" needs --etc: a folder that holds apps and system, or an archive of it.\n',
    });
    expect(await event('--host', 'a', '--user', 'u')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--user goes with --app') as string,
    });
  });
});
