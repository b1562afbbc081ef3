import { effectiveConf, type EffectiveOptions } from './effective-conf.ts';
import { etcOf } from './etc-of.fixture.ts';
import { printBtool, type PrintOptions } from './print-btool.ts';

type Files = Record<string, string>;
const print = (files: Files, conf = 'x', { prefix, debug, own, ...effective }: EffectiveOptions & PrintOptions = {}) =>
  printBtool(effectiveConf(etcOf(files), conf, effective), {
    ...(prefix !== undefined && { prefix }),
    ...(debug !== undefined && { debug }),
    ...(own !== undefined && { own }),
  });

describe('[default]', () => {
  const files = {
    'etc/system/default/x.conf': 'd1 = low\nd2 = low\n[s]\nown = 1\nd1 = lowest layer\n',
    'etc/apps/a/local/x.conf': '[default]\nd2 = high\n[t]\n',
  };

  it('is merged like any stanza, and gives every other what it lacks; a setting of its own wins from any layer', () => {
    expect(print(files)).toBe(
      '[default]\nd1 = low\nd2 = high\n[s]\nd1 = lowest layer\nd2 = high\nown = 1\n[t]\nd1 = low\nd2 = high\n',
    );
  });

  it('is left out where only the own settings are asked for', () => {
    expect(print(files, 'x', { own: true })).toBe(
      '[default]\nd1 = low\nd2 = high\n[s]\nd1 = lowest layer\nown = 1\n[t]\n',
    );
  });

  it('is only this spelling, and a stanza without a name is a stanza', () => {
    expect(print({ 'etc/system/local/x.conf': '[Default]\na = 1\n[]\nb = 2\n' })).toBe('[]\nb = 2\n[Default]\na = 1\n');
  });

  it('hands nothing to provider families of indexes', () => {
    const indexes = {
      'etc/system/local/indexes.conf':
        '[default]\nd = 1\n[provider-family:h]\nk = 1\n[provider:p]\n[volume:v]\n[main]\n',
    };
    expect(print(indexes, 'indexes')).toBe(
      '[default]\nd = 1\n[main]\nd = 1\n[provider-family:h]\nk = 1\n[provider:p]\n[volume:v]\nd = 1\n',
    );
  });
});

describe('the list that btool prints', () => {
  it('sorts stanzas and keys by their bytes', () => {
    const files = {
      'etc/system/local/x.conf': '[a]\nb = 1\n_a = 2\nZ = 3\n9 = 4\n\uff01 = 5\n\u{1f600} = 6\n[_]\n[Z]\n',
    };
    expect(print(files)).toBe('[Z]\n[_]\n[a]\n9 = 4\nZ = 3\n_a = 2\nb = 1\n\uff01 = 5\n\u{1f600} = 6\n');
  });

  it('keeps the blank behind an empty value, and prints values of many lines as they are', () => {
    const files = { 'etc/system/local/x.conf': '[s]\na =\nb = one \\\n   two\\\n\nc = \\\n x\n' };
    expect(print(files, 'x', { debug: true })).toBe(
      ['[s]', 'a = ', 'b = one \n   two\n', 'c = \n x']
        .map((line) => `/opt/splunk/etc/system/local/x.conf ${line}\n`)
        .join(''),
    );
  });

  it('has one column of paths, as wide as the longest that is printed, in bytes', () => {
    const files = {
      'etc/apps/é/local/x.conf': '[é]\nk = 1\n',
      'etc/apps/a/local/x.conf': '[a]\nk = 1\n',
      'etc/apps/very-long-name/local/x.conf': '[z]\nk = 1\n',
    };
    const [a, , , , e] = print(files, 'x', { debug: true }).split('\n');
    expect(a).toBe('/opt/splunk/etc/apps/a/local/x.conf              [a]');
    expect(e).toBe('/opt/splunk/etc/apps/é/local/x.conf             [é]');
    expect(print(files, 'x', { debug: true, prefix: 'a' })).toBe(
      '/opt/splunk/etc/apps/a/local/x.conf [a]\n/opt/splunk/etc/apps/a/local/x.conf k = 1\n',
    );
  });

  it('names a stanza by the highest file that holds it, whoever sets its keys', () => {
    const files = { 'etc/system/local/x.conf': '[s]\n', 'etc/system/default/x.conf': '[s]\nk = 1\n' };
    expect(print(files, 'x', { debug: true })).toBe(
      '/opt/splunk/etc/system/local/x.conf   [s]\n/opt/splunk/etc/system/default/x.conf k = 1\n',
    );
  });

  it('shows paths as Windows writes them', () => {
    const files = { 'etc/apps/a/local/x.conf': '[$SPLUNK_HOME/x]\nk = $SPLUNK_HOME\n' };
    for (const home of ['C:\\Program Files\\Splunk', 'C:\\Program Files\\Splunk\\', 'C:/Program Files/Splunk/'])
      expect(print(files, 'x', { debug: true, home })).toBe(
        'C:\\Program Files\\Splunk\\etc\\apps\\a\\local\\x.conf [$SPLUNK_HOME/x]\nC:\\Program Files\\Splunk\\etc\\apps\\a\\local\\x.conf k = $SPLUNK_HOME\n',
      );
    expect(print(files, 'x', { debug: true, home: '/' })).toContain('/etc/apps/a/local/x.conf k');
  });

  it('is empty when there is nothing to list', () =>
    expect(print({ 'etc/system/local/x.conf': '' }, 'y', { debug: true })).toBe(''));

  it('takes names that objects of JavaScript have for names like any other', () => {
    const files = { 'etc/system/local/x.conf': '[__proto__]\nconstructor = 1\n__proto__ = 2\n[constructor]\n' };
    expect(print(files)).toBe('[__proto__]\n__proto__ = 2\nconstructor = 1\n[constructor]\n');
  });
});

describe('why a value wins', () => {
  const stanza = effectiveConf(
    etcOf({
      'etc/system/local/x.conf': '[s]\nk = 1\nk = 2\nk = 3\n',
      'etc/apps/a/local/x.conf': '[s]\nk = 4\nk = 5\n',
      'etc/system/default/x.conf': '[default]\nk = 6\nd = 7\n[s]\nk = 8\n',
      'etc/apps/a/default/x.conf': '[default]\nk = 9\nd = 10\n',
    }),
    'x',
  ).stanzas.find(({ name }) => name === 's');
  const told = (key: string) =>
    stanza
      ?.beaten(key)
      .map(
        ({ value, line, stanza: from, by, claim }) =>
          `${value} ${claim.layer.place.path.slice(0, -7)}:${line} [${from}] ${by}`,
      );

  it('is told by every value that it beats, the strongest first', () => {
    expect(told('k')).toEqual([
      '2 system/local:3 [s] later-line',
      '1 system/local:2 [s] later-line',
      '5 apps/a/local:3 [s] higher-layer',
      '4 apps/a/local:2 [s] higher-layer',
      '8 system/default:5 [s] higher-layer',
      '9 apps/a/default:2 [default] own-setting',
      '6 system/default:2 [default] own-setting',
    ]);
    expect(told('d')).toEqual(['7 system/default:3 [default] higher-layer']);
    expect(told('nothing')).toEqual([]);
  });

  it('and by the file, line, layer and stanza of its own', () => {
    const settings = stanza
      ?.settings()
      .map(({ key, winner, inheritedFrom }) => [
        key,
        winner.setting.value,
        winner.setting.line,
        winner.layer.block,
        winner.layer.rank,
        inheritedFrom,
      ]);
    expect(settings).toEqual([
      ['d', '10', 3, 'apps-default', 2, 'default'],
      ['k', '3', 4, 'system-local', 0, null],
    ]);
  });
});

describe('what the part of Splunk that uses a stanza takes from others by its name', () => {
  const settingsOf = (conf: string, text: string, name: string, inherit: boolean) =>
    effectiveConf(etcOf({ [`etc/system/local/${conf}.conf`]: text }), conf, { inherit })
      .stanzas.find((stanza) => stanza.name === name)
      ?.settings()
      .map(({ key, winner, inheritedFrom, inheritedBy }) => [key, winner.setting.value, inheritedFrom, inheritedBy]);

  it('is a step of its own, between what it sets itself and [default]', () => {
    const outputs = '[default]\na = 1\nb = 1\n[tcpout]\nb = 2\nc = 2\n[tcpout:east]\nc = 3\n';
    expect(settingsOf('outputs', outputs, 'tcpout:east', true)).toEqual([
      ['a', '1', 'default', 'merge'],
      ['b', '2', 'tcpout', 'consumer'],
      ['c', '3', null, null],
    ]);
    expect(settingsOf('outputs', outputs, 'tcpout:east', false)).toEqual([
      ['a', '1', 'default', 'merge'],
      ['b', '1', 'default', 'merge'],
      ['c', '3', null, null],
    ]);
  });

  it('comes from the kind of an input, unless merging has it already', () => {
    const inputs = '[http]\nport = 8088\n[http://a]\ntoken = x\n[journald]\nj = 1\n[journald://a]\nk = 2\n';
    expect(settingsOf('inputs', inputs, 'http://a', true)).toContainEqual(['port', '8088', 'http', 'consumer']);
    expect(settingsOf('inputs', inputs, 'http://a', false)).toEqual([['token', 'x', null, null]]);
    expect(settingsOf('inputs', inputs, 'journald://a', true)).toContainEqual(['j', '1', 'journald', 'merge']);
  });

  it('comes to an app of a server class from the class, and to both from [global]', () => {
    const classes = '[global]\na = 1\nb = 1\nc = 1\n[serverClass:x]\nb = 2\nc = 2\n[serverClass:x:app:y]\nc = 3\n';
    expect(settingsOf('serverclass', classes, 'serverClass:x:app:y', true)).toEqual([
      ['a', '1', 'global', 'consumer'],
      ['b', '2', 'serverClass:x', 'consumer'],
      ['c', '3', null, null],
    ]);
    expect(settingsOf('serverclass', classes, 'serverClass:x', true)).toContainEqual(['a', '1', 'global', 'consumer']);
    expect(settingsOf('serverclass', classes, 'global', true)).toHaveLength(3);
  });
});
