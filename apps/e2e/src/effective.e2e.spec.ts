import { tarGzOf, zipOf } from '@confscope/testing';
import { Stack } from './support/stack.ts';

/** A small instance, in the order in which it would be packed. */
const ETC = [
  { path: 'etc/apps/TA/README/inputs.conf.spec', content: '[ta_api://<name>]\n* An endpoint.\nurl = <string>\n' },
  { path: 'etc/apps/TA/bin/lib/apps/x/default/inputs.conf', content: '[nobody reads this]\n' },
  { path: 'etc/apps/TA/default/app.conf', content: '[launcher]\nversion = 2.0\n[ui]\nlabel = The TA\n' },
  {
    path: 'etc/apps/TA/default/inputs.conf',
    content: '[ta_api]\ninterval = 60\n[script://./bin/poll.sh]\ndisabled = 1\n',
  },
  {
    path: 'etc/apps/TA/local/inputs.conf',
    content: '[ta_api://one]\ntoken = abc\nurl = a \\\n  b\n[script://./bin/poll.sh]\ndisabled =\n',
  },
  { path: 'etc/apps/off/default/app.conf', content: '[install]\nstate = disabled\n' },
  { path: 'etc/apps/off/local/inputs.conf', content: '[monitor:///off]\n' },
  {
    path: 'etc/system/default/inputs.conf',
    content:
      '[default]\nindex = default\n_rcvbuf = 1572864\nhost = $decideOnStartup\n[monitor://$SPLUNK_HOME/var/log/splunk]\nindex = _internal\n',
  },
  { path: 'etc/system/local/inputs.conf', content: '[default]\nhost = h1\n' },
];

const DEFAULT = '/opt/splunk/etc/system/default/inputs.conf';
const SYSTEM = '/opt/splunk/etc/system/local/inputs.conf';
const TA = '/opt/splunk/etc/apps/TA/local/inputs.conf';
const TA_DEFAULT = '/opt/splunk/etc/apps/TA/default/inputs.conf';
const EXPECTED = (
  [
    [DEFAULT, '[monitor:///opt/splunk/var/log/splunk]'],
    [DEFAULT, '_rcvbuf = 1572864'],
    [SYSTEM, 'host = h1'],
    [DEFAULT, 'index = _internal'],
    [TA, '[script:///opt/splunk/etc/apps/TA/bin/poll.sh]'],
    [DEFAULT, '_rcvbuf = 1572864'],
    [TA, 'disabled = '],
    [SYSTEM, 'host = h1'],
    [DEFAULT, 'index = default'],
    [TA, '[ta_api://one]'],
    ['', 'host = h1'],
    ['', 'index = default'],
    [TA_DEFAULT, 'interval = 60'],
    [TA, 'token = ********'],
    [TA, 'url = a \n  b'],
  ] as const
)
  .map(([path, text]) => `${path.padEnd(TA_DEFAULT.length + 1)}${text}\n`)
  .join('');

describe('what an upload comes to', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await Stack.start()));
  afterAll(() => stack.stop());

  const completeRun = async (content: Buffer, name: string) => {
    const run = await stack.until((await stack.upload(content, name, { type: 'instance_etc' })).id);
    expect(run).toMatchObject({ status: 'complete' });
    return run;
  };

  it('is what btool prints on the instance, from a tar and from a zip, in any order of its entries', async () => {
    const archives = [
      { content: await tarGzOf(ETC), name: 'a.tgz' },
      { content: zipOf(ETC), name: 'a.zip' },
      { content: await tarGzOf(ETC.toReversed()), name: 'b.tgz' },
    ];
    for (const { content, name } of archives) {
      const { id } = await completeRun(content, name);
      const path = `/v1/runs/${id}/effective/inputs?format=btool&debug=true&home=/opt/splunk`;
      expect([name, await stack.text(path)]).toEqual([name, EXPECTED]);
    }
  });

  it('counts a file only where the whole archive says that it lies', async () => {
    const { id, metrics } = await completeRun(
      await tarGzOf([
        { path: 'my_app-main/samples/apps/x/default/props.conf', content: '[sample]\n' },
        { path: 'my_app-main/default/app.conf', content: '[package]\nid = my_app\n[launcher]\nversion = 1\n' },
        { path: 'my_app-main/default/props.conf', content: '[real]\n' },
      ]),
      'my_app-main.tgz',
    );
    expect(metrics).toMatchObject({ files_parsed: 2, files_ignored: 1, conf_stanzas: 3, files_reused: 0 });
    const apps = await stack.get(`/v1/runs/${id}/apps`);
    expect(apps.body).toMatchObject({ items: [{ app: 'my_app', version: '1', files: 2, ignored_files: 1 }], total: 1 });
    expect(await stack.text(`/v1/runs/${id}/effective/props?format=btool`)).toBe('[real]\n');
  });

  it('is told apart by instance', async () => {
    const hosts = ['h1', 'h2'].map((host) => ({
      path: `${host}/etc/system/local/server.conf`,
      content: `[general]\nserverName = ${host}\n`,
    }));
    const { id } = await completeRun(await tarGzOf(hosts), 'hosts.tgz');
    const refused = await stack.get(`/v1/runs/${id}/effective/server`);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'instance' }] } });
    expect(await stack.text(`/v1/runs/${id}/effective/server?instance=h2/etc&format=btool`)).toBe(
      '[general]\nserverName = h2\n',
    );
  });

  it('tells what a diag left out', async () => {
    const diag = [
      { path: 'diag-h1-2026-01-01/excluded_filelist.txt', content: 'etc/auth/splunk.secret\r\n\netc/apps/a/big.csv\n' },
      { path: 'diag-h1-2026-01-01/etc/system/local/server.conf', content: '[general]\nserverName = h1\n' },
    ];
    const { id } = await completeRun(await tarGzOf(diag), 'diag.tgz');
    const run = await stack.get(`/v1/runs/${id}`);
    const leftOut = ['etc/auth/splunk.secret', 'etc/apps/a/big.csv'];
    expect(run.body).toMatchObject({
      instances: [{ root: 'diag-h1-2026-01-01/etc', kind: 'diag', targets: ['instance'], left_out: leftOut }],
    });
  });
});
