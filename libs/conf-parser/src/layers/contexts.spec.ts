import { effectiveConf, type EffectiveOptions } from './effective-conf.ts';
import { etcOf } from './etc-of.fixture.ts';
import type { Context } from './layer-stack.ts';
import { printBtool, type PrintOptions } from './print-btool.ts';

/** What btool prints of `x.conf`, without its path column unless asked for. */
const list = (files: Record<string, string>, context?: Context, print?: PrintOptions, conf = 'x') => {
  const options: EffectiveOptions = context ? { context } : {};
  return printBtool(effectiveConf(etcOf(files), conf, options), print)
    .split('\n')
    .slice(0, -1);
};
/** Files that all set `k` of `[s]`, each to its own path below `etc`. */
const rivals = (...paths: string[]) =>
  Object.fromEntries(paths.map((path) => [`etc/${path}/x.conf`, `[s]\nk = ${path}\n`]));
const winnerOf = (files: Record<string, string>, context?: Context) => list(files, context)[1]?.slice('k = '.length);
/** The order in which rivals win, found by taking each winner away. */
const ranking = (files: Record<string, string>, context?: Context) => {
  const rest = { ...files };
  const order: string[] = [];
  for (let winner = winnerOf(rest, context); winner !== undefined; winner = winnerOf(rest, context)) {
    order.push(winner);
    delete rest[`etc/${winner}/x.conf`];
  }
  return order;
};
const exported = {
  'etc/apps/B/metadata/default.meta': '[]\nexport = system\n',
  'etc/apps/a/metadata/default.meta': '[x]\nexport = system\n',
  'etc/apps/_c/metadata/local.meta': '[x/s]\nexport = system\n',
};

describe('at index time', () => {
  it('every local of an app beats any default, and the app that sorts first wins', () => {
    const files = rivals(
      'system/default',
      'apps/a/default',
      'apps/B/default',
      'apps/_c/local',
      'apps/a/local',
      'apps/B/local',
      'apps/1/local',
      'system/local',
      'users/u/a/local',
    );
    expect(ranking(files)).toEqual([
      'system/local',
      'apps/1/local',
      'apps/B/local',
      'apps/_c/local',
      'apps/a/local',
      'apps/B/default',
      'apps/a/default',
      'system/default',
    ]);
  });

  it('apps sort by the bytes of their names', () => {
    expect(winnerOf(rivals('apps/\u{1f600}/local', 'apps/\uff01/local'))).toBe('apps/\uff01/local');
  });

  it('a key is taken from the highest layer that sets it, also when it sets nothing', () => {
    const files = { 'etc/system/local/x.conf': '[s]\na =\n', 'etc/apps/a/local/x.conf': '[s]\na = 1\nb = 2\n' };
    expect(list(files)).toEqual(['[s]', 'a = ', 'b = 2']);
  });

  it('a disabled app contributes nothing, unless its local says otherwise', () => {
    const files = {
      'etc/apps/a/default/app.conf': '[install]\nstate = disabled\n',
      'etc/apps/a/local/x.conf': '[s]\nk = a\n',
      'etc/apps/b/default/app.conf': '[install]\nstate = disabled\n',
      'etc/apps/b/local/app.conf': '[install]\nstate = enabled\n',
      'etc/apps/b/local/x.conf': '[s]\nk = b\n',
      'etc/apps/c/local/x.conf': '[t]\ndisabled = 1\n',
    };
    expect(list(files)).toEqual(['[s]', 'k = b', '[t]', 'disabled = 1']);
  });

  it('what is handed out to others is no part of the instance', () => {
    const handedOut = rivals(
      'deployment-apps/a/local',
      'manager-apps/a/local',
      'master-apps/a/local',
      'shcluster/apps/a/local',
      'disabled-apps/a/local',
      'apps/a/default.old.1',
      'peer-apps/a/local',
    );
    expect(list({ ...handedOut, ...rivals('apps/z/default') })).toEqual(['[s]', 'k = apps/z/default']);
  });
});

describe('on a cluster peer', () => {
  it('the bundle comes above the system, and its defaults below all locals', () => {
    const files = rivals(
      'peer-apps/b/local',
      'peer-apps/_cluster/local',
      'system/local',
      'apps/a/local',
      'slave-apps/b/default',
      'apps/a/default',
      'system/default',
    );
    expect(ranking(files, { kind: 'peer' })).toEqual([
      'peer-apps/_cluster/local',
      'peer-apps/b/local',
      'system/local',
      'apps/a/local',
      'slave-apps/b/default',
      'apps/a/default',
      'system/default',
    ]);
  });
});

describe('at search time', () => {
  const rivalsAtSearch = rivals(
    'users/u/a/local',
    'users/v/a/local',
    'users/u/B/local',
    'apps/a/local',
    'apps/a/default',
    'apps/B/local',
    'apps/B/default',
    'apps/_c/local',
    'apps/_c/default',
    'apps/hidden/local',
    'system/local',
    'system/default',
  );
  it('the user, the app, other apps from the last to the first, and the system last', () => {
    expect(ranking({ ...rivalsAtSearch, ...exported }, { kind: 'app', app: 'a', user: 'u' })).toEqual([
      ...['users/u/a/local', 'apps/a/local', 'apps/a/default'],
      ...['apps/_c/local', 'apps/_c/default', 'apps/B/local', 'apps/B/default', 'system/local', 'system/default'],
    ]);
  });

  it('without a user nobody has private settings', () => {
    expect(winnerOf({ ...rivalsAtSearch, ...exported }, { kind: 'app', app: 'a' })).toBe('apps/a/local');
  });

  it('another app shows what it exports, down to the single setting', () => {
    const files = {
      'etc/apps/b/default/x.conf':
        '[shown]\nk = 1\n[hidden]\nk = 2\n[partly]\nk = 3\nl = 4\n[default]\nd = 5\n[empty]\n',
      'etc/apps/b/metadata/default.meta':
        '[x/shown]\nexport = system\n[x/partly/l]\nexport = system\n[x/empty]\nexport = system\n',
    };
    expect(list(files, { kind: 'app', app: 'a' })).toEqual(['[empty]', '[partly]', 'l = 4', '[shown]', 'k = 1']);
    expect(list(files, { kind: 'app', app: 'b' })).toContain('[hidden]');
  });

  it('what an app says of itself in app.conf is nothing to others, whatever they export', () => {
    const files = {
      'etc/apps/a/default/app.conf': '[ui]\nlabel = A\n',
      'etc/apps/b/default/app.conf': '[ui]\nlabel = B\nis_visible = 0\n',
      'etc/apps/b/metadata/default.meta': '[]\nexport = system\n',
      'etc/system/default/app.conf': '[ui]\nis_visible = 1\n',
    };
    expect(list(files, { kind: 'app', app: 'a' }, {}, 'app')).toEqual(['[ui]', 'is_visible = 1', 'label = A']);
  });
});

describe('a conf that has one place', () => {
  it('is not taken from apps', () => {
    const files = {
      'etc/apps/a/local/user-seed.conf': '[user_info]\nUSERNAME = a\n',
      'etc/system/local/user-seed.conf': '[user_info]\nUSERNAME = b\n',
      'etc/splunk-launch.conf': 'SPLUNK_HOME=/opt/splunk\n# SPLUNK_DB=/x\nOPTIMISTIC_ABOUT_FILE_LOCKING = 0\n',
    };
    expect(list(files, { kind: 'global' }, {}, 'user-seed')).toEqual(['[user_info]', 'USERNAME = b']);
    expect(list(files, { kind: 'global' }, { debug: true }, 'splunk-launch')).toEqual([
      '/opt/splunk/etc/splunk-launch.conf [default]',
      '/opt/splunk/etc/splunk-launch.conf OPTIMISTIC_ABOUT_FILE_LOCKING = 0',
      '/opt/splunk/etc/splunk-launch.conf SPLUNK_HOME = /opt/splunk',
    ]);
  });
});

describe('on those that an instance hands its apps out to', () => {
  const targetOf = (
    files: Record<string, string>,
    target: 'clients' | 'peers' | 'members',
    context: Context = { kind: 'global' },
  ) => printBtool(effectiveConf(etcOf(files, { instance: 'etc', target }), 'x', { context }), { debug: true });

  it('a client has them as apps of its own', () => {
    const files = { ...rivals('deployment-apps/b/local', 'deployment-apps/a/default', 'apps/a/local') };
    expect(targetOf(files, 'clients')).toBe(
      '/opt/splunk/etc/apps/b/local/x.conf [s]\n/opt/splunk/etc/apps/b/local/x.conf k = deployment-apps/b/local\n',
    );
  });

  it('a peer has them in its bundle, under the name of its age', () => {
    expect(targetOf(rivals('manager-apps/a/local'), 'peers', { kind: 'peer' })).toContain(
      '/opt/splunk/etc/peer-apps/a/local/x.conf [s]',
    );
    expect(targetOf(rivals('master-apps/a/local'), 'peers', { kind: 'peer' })).toContain(
      '/opt/splunk/etc/slave-apps/a/local/x.conf [s]',
    );
  });

  it('a member has them as the push mode says: local folded into default unless it says otherwise', () => {
    const files = rivals(
      'shcluster/apps/a/default',
      'shcluster/apps/b/local',
      'shcluster/apps/b/default',
      'shcluster/users/u/a/local',
    );
    expect(targetOf(files, 'members')).toContain('apps/a/default/x.conf k = shcluster/apps/a/default\n');
    const folded = { ...files, 'etc/shcluster/apps/a/local/x.conf': '[s]\nk = folded\n' };
    expect(targetOf(folded, 'members')).toContain('/opt/splunk/etc/apps/a/default/x.conf k = folded\n');
    const mode = (name: string) => ({
      'etc/shcluster/apps/b/default/app.conf': `[shclustering]\ndeployer_push_mode = ${name}\n`,
    });
    expect(targetOf({ ...files, ...mode('full') }, 'members')).toContain(
      'apps/b/local/x.conf k = shcluster/apps/b/local\n',
    );
    const onlyB = rivals('shcluster/apps/b/local', 'shcluster/apps/b/default');
    expect(targetOf({ ...onlyB, ...mode('local_only') }, 'members')).toContain('apps/b/local/x.conf');
    expect(targetOf({ ...onlyB, ...mode('default_only') }, 'members')).toContain('k = shcluster/apps/b/default\n');
  });
});
