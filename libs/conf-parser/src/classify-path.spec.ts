import { classifyPath } from './classify-path.ts';

const place = (path: string, archive?: string) => {
  const origin = classifyPath(path, archive);
  if (!origin) return null;
  const { kind, conf, scope, app, layer, user, ignoredReason } = origin;
  return ignoredReason ?? [kind, conf, scope, app, layer, user].map((part) => part ?? '-').join(' ');
};

describe('the origin of a file', () => {
  it.each([
    ['etc/system/local/inputs.conf', 'conf inputs system - local -'],
    ['opt/splunk/etc/system/default/props.conf', 'conf props system - default -'],
    ['etc/apps/search/local/inputs.conf', 'conf inputs app search local -'],
    ['apps/search/default/inputs.conf', 'conf inputs app search default -'],
    ['Program Files/Splunk/etc/apps/a/default/app.conf', 'conf app app a default -'],
    ['etc/users/ann/search/local/savedsearches.conf', 'conf savedsearches user search local ann'],
    ['etc/peer-apps/_cluster/local/indexes.conf', 'conf indexes peer _cluster local -'],
    ['etc/slave-apps/a/default/indexes.conf', 'conf indexes peer a default -'],
    ['etc/manager-apps/a/local/indexes.conf', 'conf indexes manager a local -'],
    ['etc/master-apps/a/local/indexes.conf', 'conf indexes manager a local -'],
    ['etc/deployment-apps/a/local/inputs.conf', 'conf inputs deployment a local -'],
    ['etc/shcluster/apps/a/default/app.conf', 'conf app shcluster a default -'],
    ['etc/shcluster/users/ann/a/local/macros.conf', 'conf macros shcluster a local ann'],
    ['etc/splunk-launch.conf', 'conf splunk-launch system - - -'],
    ['diag-h-2026/etc/apps/a/local/x.conf', 'conf x app a local -'],
    ['my_app/default/app.conf', 'conf app app my_app default -'],
    ['inputs.conf', 'conf inputs single - - -'],
  ])('of configuration: %s', (path, expected) => expect(place(path)).toBe(expected));

  it.each([
    ['etc/apps/a/metadata/default.meta', 'meta default.meta app a default -'],
    ['etc/apps/a/metadata/local.meta', 'meta local.meta app a local -'],
    ['etc/system/metadata/default.meta', 'meta default.meta system - default -'],
    ['etc/users/ann/a/metadata/local.meta', 'meta local.meta user a local ann'],
    ['local.meta', 'meta local.meta single - local -'],
  ])('of metadata: %s', (path, expected) => expect(place(path)).toBe(expected));

  it.each([
    ['my_app-1.2.3.tgz', 'my_app'],
    ['Splunk_TA_nix_900.spl', 'Splunk_TA_nix'],
    ['plain.tar.gz', 'plain'],
  ])('of an app without its top folder is the name of the archive: %s', (archive, app) =>
    expect(place('default/app.conf', archive)).toBe(`conf app app ${app} default -`),
  );

  it.each([
    ['etc/apps/a/README/inputs.conf', 'documentation'],
    ['etc/apps/a/default/inputs.spec.conf', 'documentation'],
    ['etc/apps/a/bin/x.conf', 'not-in-default-or-local'],
    ['etc/apps/a/default/data/x.conf', 'not-in-default-or-local'],
    ['etc/openldap/ldap.conf', 'not-in-default-or-local'],
    ['etc/modules/x/default/y.conf', 'not-in-default-or-local'],
    ['etc/apps/a/default.old.20200101-000000/x.conf', 'backup-folder'],
    ['etc/apps/a/local_bkp1/x.conf', 'backup-folder'],
    ['etc/disabled-apps/a/default/x.conf', 'backup-folder'],
    ['etc/users/ann/a/default/x.conf', 'user-default'],
    ['etc/apps/a/default/default.meta', 'not-in-metadata'],
    ['etc/apps/a/metadata/other.meta', 'not-in-metadata'],
  ])('says why Splunk does not read it: %s', (path, reason) => expect(place(path)).toBe(reason));

  it.each(['etc/apps/a/default/data/ui/nav/default.xml', 'etc/passwd', 'etc/apps/a/README/inputs.conf.spec', ''])(
    'is none for a file that is no configuration: %s',
    (path) => expect(classifyPath(path)).toBeNull(),
  );
});
