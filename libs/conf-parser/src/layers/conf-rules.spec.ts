import { effectiveConf, type EffectiveOptions } from './effective-conf.ts';
import { etcOf } from './etc-of.fixture.ts';
import { schemesOf } from './input-schemes.ts';
import { printBtool, type PrintOptions } from './print-btool.ts';

type Files = Record<string, string>;
const print = (
  files: Files,
  conf = 'inputs',
  { prefix, debug, own, ...effective }: EffectiveOptions & PrintOptions = {},
) =>
  printBtool(effectiveConf(etcOf(files), conf, effective), {
    ...(prefix !== undefined && { prefix }),
    ...(debug !== undefined && { debug }),
    ...(own !== undefined && { own }),
  });

describe('inputs', () => {
  const spec =
    '[default]\n[monitor://<path>]\n[mod://<name>]\n  [prose://x]\n[script://x]\n[plain]\n[mod-2.x://default]\r\n';
  const files = {
    'etc/system/default/inputs.conf':
      '[default]\nhost = h\nindex = default\n_rcvbuf = 1\n[mod]\ninterval = 60\nhost = of scheme\n[journald]\nj = 1\n',
    'etc/apps/m/README/inputs.conf.spec': spec,
    'etc/apps/m/local/inputs.conf':
      '[mod://one]\nk = 1\n[mod-2.x://two]\nindex = mine\n[other://x]\n[journald://j]\n[monitor:///var]\n[plain]\n',
  };
  const home = '/s';

  it('show neither [default] nor schemes; a modular input takes all of its scheme, and host and index without a path', () => {
    const app = '/s/etc/apps/m/local/inputs.conf';
    const system = '/s/etc/system/default/inputs.conf';
    const lines = [
      [app, '[journald://j]'],
      ['', 'host = h'],
      ['', 'index = default'],
      [system, 'j = 1'],
      [app, '[mod-2.x://two]'],
      ['', 'host = h'],
      [app, 'index = mine'],
      [app, '[mod://one]'],
      [system, 'host = of scheme'],
      ['', 'index = default'],
      [system, 'interval = 60'],
      [app, 'k = 1'],
      ...['monitor:///var', 'other://x', 'plain'].flatMap((name) => [
        [app, `[${name}]`],
        [system, '_rcvbuf = 1'],
        [system, 'host = h'],
        [system, 'index = default'],
      ]),
    ] as const;
    expect(print(files, 'inputs', { debug: true, home })).toBe(
      lines.map(([path, text]) => `${path.padEnd(34)}${text}\n`).join(''),
    );
  });

  it('show all stanzas where only the own settings are asked for', () => {
    const own = print(files, 'inputs', { own: true });
    expect(own).toContain('[default]\n_rcvbuf = 1\n');
    expect(own).toContain('[mod]\nhost = of scheme\ninterval = 60\n[mod-2.x://two]\nindex = mine\n');
  });

  it('know no schemes of disabled apps', () => {
    const disabled = {
      ...files,
      'etc/apps/m/local/app.conf': '[install]\nstate = disabled\n',
      'etc/apps/n/local/inputs.conf': '[mod://one]\n',
    };
    expect(print(disabled, 'inputs')).toBe(
      '[mod://one]\n_rcvbuf = 1\nhost = h\nindex = default\n'.replace(
        /^/,
        '[mod]\n_rcvbuf = 1\nhost = of scheme\nindex = default\ninterval = 60\n',
      ),
    );
  });

  it('know the schemes of Windows on Windows', () => {
    const events = {
      'etc/system/local/inputs.conf': '[default]\nx = 1\nhost = h\n[WinEventLog]\nw = 1\n[WinEventLog://Security]\n',
    };
    expect(print(events, 'inputs', { home: 'C:\\Splunk' })).toBe('[WinEventLog://Security]\nhost = h\nw = 1\n');
    expect(print(events, 'inputs')).toBe(
      '[WinEventLog]\nhost = h\nw = 1\nx = 1\n[WinEventLog://Security]\nhost = h\nx = 1\n',
    );
  });

  it('name scripts from their app, and $SPLUNK_HOME by its path', () => {
    const scripts = {
      'etc/apps/a/local/inputs.conf':
        '[script://./bin/x.sh a\\b]\n[script://.\\bin\\y.bat]\n[monitor://$SPLUNK_HOME/var/log]\n[monitor://$SPLUNK_HOMES]\n[script://./other/x]\n',
      'etc/system/local/inputs.conf': '[script://./bin/z.sh]\n',
    };
    const names = (home: string) => print(scripts, 'inputs', { home }).split('\n').slice(0, -1);
    expect(names('/opt/splunk')).toEqual([
      '[monitor://$SPLUNK_HOMES]',
      '[monitor:///opt/splunk/var/log]',
      '[script://./other/x]',
      '[script:///opt/splunk/etc/apps/a/bin/x.sh a\\b]',
      '[script:///opt/splunk/etc/apps/a/bin/y.bat]',
      '[script:///opt/splunk/etc/system/bin/z.sh]',
    ]);
    expect(names('C:\\Splunk')).toContain('[script://C:\\Splunk\\etc\\apps\\a\\bin\\y.bat]');
  });

  it('are one input when they name one script in two ways', () => {
    const scripts = {
      'etc/apps/a/default/inputs.conf':
        '[script://./bin/x]\ninterval = 1\n[script://$SPLUNK_HOME/etc/apps/a/bin/x]\ninterval = 2\n',
      'etc/system/local/inputs.conf': '[script://$SPLUNK_HOME/etc/apps/a/bin/x]\ndisabled = 0\n',
    };
    expect(print(scripts, 'inputs')).toBe('[script:///opt/splunk/etc/apps/a/bin/x]\ndisabled = 0\ninterval = 2\n');
  });
});

describe('the schemes that a spec declares', () => {
  it('are headers at the left edge, without those that Splunk brings itself', () => {
    const spec =
      '\ufeff[a://<name>]\n [b://x]\n[c]\n* [d://x]\n[monitor://<path>]\n[e-1.x://default]\r\n[a://again]\n[f\0://x]\n';
    expect(schemesOf(spec)).toEqual(['a', 'e-1.x']);
  });

  it('are not read without end', () => {
    const spec = Array.from({ length: 3000 }, (_, i) => `[s${i}://x]\n`).join('');
    expect(schemesOf(spec)).toHaveLength(1000);
  });
});
