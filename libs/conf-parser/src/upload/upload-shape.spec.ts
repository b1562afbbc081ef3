import fc from 'fast-check';
import { type ShapeHints, UploadShape } from './upload-shape.ts';

/** The origin of the first path in an upload of all of them, in one line. */
const origin = (paths: string | string[], hints?: ShapeHints) => {
  const all = [paths].flat();
  const found = UploadShape.of(all, hints).originOf(all[0] ?? '');
  if (!found) return null;
  const { kind, conf, instance, target, scope, app, layer, user, ignoredReason } = found;
  if (ignoredReason) return ignoredReason;
  return [kind, conf, scope, app, layer, user, target, `in ${instance || 'top'}`].map((part) => part ?? '-').join(' ');
};

describe('the shape of an upload says whose a file is', () => {
  it.each([
    ['etc/system/local/inputs.conf', 'conf inputs system - local - instance in etc'],
    ['system/default/props.conf', 'conf props system - default - instance in top'],
    ['opt/splunk/etc/system/default/props.conf', 'conf props system - default - instance in opt/splunk/etc'],
    ['apps/search/default/inputs.conf', 'conf inputs app search default - instance in top'],
    [
      'Program Files/Splunk/etc/apps/a/default/app.conf',
      'conf app app a default - instance in Program Files/Splunk/etc',
    ],
    ['mnt/data/opt/splunk/etc/apps/a/local/x.conf', 'conf x app a local - instance in mnt/data/opt/splunk/etc'],
    ['etc/users/ann/search/local/macros.conf', 'conf macros user search local ann instance in etc'],
    ['etc/peer-apps/_cluster/local/indexes.conf', 'conf indexes peer _cluster local - instance in etc'],
    ['etc/slave-apps/a/default/indexes.conf', 'conf indexes peer a default - instance in etc'],
    ['etc/manager-apps/a/local/indexes.conf', 'conf indexes manager a local - peers in etc'],
    ['etc/master-apps/a/local/indexes.conf', 'conf indexes manager a local - peers in etc'],
    ['etc/deployment-apps/a/local/inputs.conf', 'conf inputs deployment a local - clients in etc'],
    ['deployment-apps/a/local/inputs.conf', 'conf inputs deployment a local - clients in top'],
    ['etc/shcluster/apps/a/default/app.conf', 'conf app shcluster a default - members in etc'],
    ['etc/shcluster/users/ann/a/local/macros.conf', 'conf macros shcluster a local ann members in etc'],
    ['etc/splunk-launch.conf', 'conf splunk-launch system - - - instance in etc'],
    ['diag-h-2026/etc/apps/a/local/x.conf', 'conf x app a local - instance in diag-h-2026/etc'],
    ['my_app/default/app.conf', 'conf app app my_app default - instance in top'],
    ['repo-main/my_app/local/inputs.conf', 'conf inputs app my_app local - instance in repo-main'],
    ['inputs.conf', 'conf inputs single - - - instance in top'],
    ['some folder/inputs.conf', 'conf inputs single - - - instance in some folder'],
    ['splunk-launch.conf', 'conf splunk-launch system - - - instance in top'],
    ['etc/apps/a/metadata/default.meta', 'meta default.meta app a default - instance in etc'],
    ['etc/system/metadata/local.meta', 'meta local.meta system - local - instance in etc'],
    ['etc/users/ann/a/metadata/local.meta', 'meta local.meta user a local ann instance in etc'],
    ['a/metadata/local.meta', 'meta local.meta app a local - instance in top'],
    ['local.meta', 'meta local.meta single - local - instance in top'],
  ])('%s', (path, expected) => expect(origin(path)).toBe(expected));

  it('of specs only where Splunk looks for them', () => {
    const etc = ['etc/apps/a/local/x.conf'];
    expect(origin(['etc/apps/a/README/inputs.conf.spec', ...etc])).toBe('spec inputs app a - - instance in etc');
    expect(origin(['etc/system/README/props.conf.spec', ...etc])).toBe('spec props system - - - instance in etc');
    expect(origin(['etc/apps/a/bin/README/inputs.conf.spec', ...etc])).toBeNull();
  });

  it.each([
    ['etc/apps/a/README/inputs.conf', 'documentation'],
    ['etc/apps/a/default/inputs.spec.conf', 'documentation'],
    ['etc/apps/a/bin/x.conf', 'not-in-default-or-local'],
    ['etc/apps/a/bin/default/x.conf', 'not-in-default-or-local'],
    ['etc/apps/a/default/data/x.conf', 'not-in-default-or-local'],
    ['etc/apps/a/bin/vendor/apps/b/default/x.conf', 'not-in-default-or-local'],
    ['etc/apps/a/local/apps/b/metadata/local.meta', 'not-in-metadata'],
    ['etc/openldap/ldap.conf', 'other-format'],
    ['etc/modules/x/default/y.conf', 'other-format'],
    ['etc/default/x.conf', 'not-in-default-or-local'],
    ['etc/x.conf', 'not-in-default-or-local'],
    ['elsewhere/x.conf', 'not-in-default-or-local'],
    ['elsewhere/deep/default/x.conf', 'not-in-default-or-local'],
    ['x.conf', 'not-in-default-or-local'],
    ['etc/apps/a/default.old.20200101-000000/x.conf', 'backup-folder'],
    ['etc/apps/a/local_bkp1/x.conf', 'backup-folder'],
    ['etc/apps/a/local.bak/x.conf', 'backup-folder'],
    ['etc/disabled-apps/a/default/x.conf', 'disabled-apps'],
    ['etc/users/ann/a/default/x.conf', 'user-default'],
    ['etc/users/ann/a/metadata/default.meta', 'user-default'],
    ['etc/apps/a/default/default.meta', 'not-in-metadata'],
    ['etc/apps/a/metadata/other.meta', 'not-in-metadata'],
    ['etc/apps/a/default/splunk-launch.conf', 'one-place-only'],
  ])('and why Splunk does not read it: %s', (path, reason) =>
    expect(origin([path, 'etc/system/local/server.conf', 'etc/apps/a/default/app.conf'])).toBe(reason),
  );

  it.each(['etc/apps/a/default/data/ui/nav/default.xml', 'etc/passwd', ''])(
    'and nothing of a file that is no configuration: %s',
    (path) => expect(origin(path)).toBeNull(),
  );

  it('names an ignored file by the app and target that it lies in', () => {
    const shape = UploadShape.of(['etc/deployment-apps/a/bin/x.conf', 'etc/system/local/server.conf']);
    expect(shape.originOf('etc/deployment-apps/a/bin/x.conf')).toMatchObject({
      app: 'a',
      target: 'clients',
      scope: 'deployment',
    });
  });
});

describe('an app without an etc', () => {
  it.each([
    ['my_app-1.2.3.tgz', 'my_app'],
    ['Splunk_TA_nix_900.spl', 'Splunk_TA_nix'],
    ['plain.tar.gz', 'plain'],
  ])('is called by the archive when it has no folder: %s', (archiveName, app) =>
    expect(origin('default/app.conf', { archiveName })).toBe(`conf app app ${app} default - instance in top`),
  );

  it('is called by its package id when it came alone, whatever folder it was packed in', () => {
    const packageIds = new Map([
      ['my_app-main/default/app.conf', 'my_app'],
      ['other/default/app.conf', 'other_app'],
    ]);
    expect(origin('my_app-main/default/app.conf', { packageIds })).toContain(' my_app default ');
    expect(origin(['my_app-main/default/app.conf', 'other/default/app.conf'], { packageIds })).toContain(
      ' my_app-main ',
    );
    expect(
      origin('default/app.conf', { packageIds: new Map([['default/app.conf', 'x']]), archiveName: 'y.spl' }),
    ).toContain(' x ');
    expect(origin('a/default/app.conf', { packageIds: new Map([['a/default/app.conf', '../b']]) })).toContain(
      ' a default ',
    );
  });

  it('owns whatever looks like an etc or an app inside of it', () => {
    const app = 'my_app/default/app.conf';
    expect(origin(['my_app/appserver/apps/x/default/y.conf', app])).toBe('not-in-default-or-local');
    expect(origin(['my_app/samples/x/default/y.conf', app])).toBe('not-in-default-or-local');
    expect(origin(['my_app/local/inputs.conf', app])).toContain(' my_app local ');
  });
});

describe('the instances of an upload', () => {
  const instancesOf = (...paths: string[]) => UploadShape.of(paths).instances();

  it('are told apart by their etc', () => {
    expect(
      instancesOf('b/etc/apps/x/local/a.conf', 'a/etc/system/local/a.conf', 'a/etc/deployment-apps/x/local/a.conf'),
    ).toEqual([
      { root: 'a/etc', kind: 'etc', targets: ['instance', 'clients'] },
      { root: 'b/etc', kind: 'etc', targets: ['instance'] },
    ]);
  });

  it('are the etc of a diag, apps in a folder, or loose files', () => {
    expect(instancesOf('diag-h-2026-01-01/etc/apps/x/local/a.conf')).toMatchObject([{ kind: 'diag' }]);
    expect(instancesOf('renamed/systeminfo.txt', 'renamed/etc/apps/x/local/a.conf')).toMatchObject([{ kind: 'diag' }]);
    expect(instancesOf('a/default/app.conf', 'b/local/app.conf')).toEqual([
      { root: '', kind: 'apps', targets: ['instance'] },
    ]);
    expect(instancesOf('prod/a/default/app.conf', 'test/a/default/app.conf').map(({ root }) => root)).toEqual([
      'prod',
      'test',
    ]);
    expect(instancesOf('inputs.conf', 'x/inputs.conf').map(({ root, kind }) => [root, kind])).toEqual([
      ['', 'files'],
      ['x', 'files'],
    ]);
    expect(
      instancesOf(
        'etc/deployment-apps/x/local/a.conf',
        'etc/master-apps/x/local/a.conf',
        'etc/shcluster/apps/x/local/a.conf',
      ),
    ).toMatchObject([{ targets: ['clients', 'peers', 'members'] }]);
  });

  it.each([
    ['deployment-apps/a/local/x.conf', ['', 'etc']],
    ['apps/a/local/x.conf', ['', 'etc']],
    ['default/app.conf', ['', 'etc']],
    ['my_app/default/app.conf', ['', 'etc']],
    ['my_app/local/x.conf', ['', 'etc']],
  ])('are an etc and what was packed beside it: %s', (beside, roots) => {
    for (const own of ['etc/system/local/server.conf', 'etc/apps/b/local/x.conf', 'etc/deployment-apps/b/local/x.conf'])
      expect(instancesOf(own, beside).map(({ root }) => root)).toEqual(roots);
    expect(origin([beside, 'etc/system/local/server.conf'])).toMatch(/^conf .* in top$/);
  });

  it('are told apart where one lies beside the apps of another', () => {
    expect(
      instancesOf(
        'apps/a/local/x.conf',
        'hosts/one/etc/system/local/server.conf',
        'hosts/two/etc/apps/a/local/x.conf',
        'hosts/two/etc/splunk.version',
      ).map(({ root }) => root),
    ).toEqual(['', 'hosts/one/etc', 'hosts/two/etc']);
  });

  it('are none where an app, a user or a surer etc keeps a copy of one', () => {
    const copy = 'etc/apps/x/backup/etc/system/local/server.conf';
    for (const own of ['etc/system/local/server.conf', 'etc/apps/x/default/app.conf', 'etc/apps/x/metadata/local.meta'])
      expect(origin([copy, own])).toBe('not-in-default-or-local');
    expect(origin(['apps/x/old/etc/system/local/x.conf', 'apps/x/default/app.conf'])).toBe('not-in-default-or-local');
    expect(origin(['my_app/etc/system/local/x.conf', 'my_app/default/app.conf'])).toBe('not-in-default-or-local');
    expect(origin(['bin/etc/system/local/x.conf', 'default/app.conf'])).toBe('not-in-default-or-local');
    expect(origin(['etc/old/etc/system/local/x.conf', 'etc/system/local/x.conf'])).toBe('not-in-default-or-local');
    expect(origin(['etc/old/etc/apps/a/local/x.conf', 'etc/apps/a/local/x.conf'])).toBe('not-in-default-or-local');
  });

  it('may lie in a folder that is named like the folder of users', () => {
    expect(origin('users/etc/system/local/server.conf')).toBe('conf server system - local - instance in users/etc');
    expect(origin(['users/etc/apps/a/local/x.conf', 'users/etc/system/local/server.conf'])).toContain(' in users/etc');
    expect(origin('etc/users/ann/system/local/x.conf')).toBe('conf x user system local ann instance in etc');
    expect(origin(['etc/users/etc/system/local/x.conf', 'etc/system/local/x.conf'])).toBe(
      'conf x user system local etc instance in etc',
    );
  });

  it('are none in an upload without configuration', () =>
    expect(instancesOf('etc/passwd', 'etc/splunk.version')).toEqual([]));
});

const word = fc.constantFrom(
  'etc',
  'apps',
  'system',
  'users',
  'a',
  'b',
  'default',
  'local',
  'metadata',
  'deployment-apps',
  'shcluster',
  'README',
);
const file = fc.constantFrom(
  'app.conf',
  'x.conf',
  'local.meta',
  'inputs.conf.spec',
  'splunk-launch.conf',
  'splunk.version',
);
const path = fc.tuple(fc.array(word, { maxLength: 6 }), file).map(([folders, name]) => [...folders, name].join('/'));

describe('any upload', () => {
  it('has the same shape in any order of its paths', () => {
    const upload = fc.uniqueArray(path, { maxLength: 12 });
    fc.assert(
      fc.property(
        upload.chain((paths) => fc.tuple(fc.constant(paths), fc.shuffledSubarray(paths, { minLength: paths.length }))),
        ([paths, shuffled]) => {
          const [one, other] = [UploadShape.of(paths), UploadShape.of(shuffled)];
          expect(other.instances()).toEqual(one.instances());
          for (const each of paths) expect(other.originOf(each)).toEqual(one.originOf(each));
        },
      ),
    );
  });
});
