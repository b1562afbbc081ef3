import type { EtcFile } from './layers/etc-file.ts';
import { parseConf } from './parse-conf.ts';
import { findInTree, type TreeFinding } from './tree-findings.ts';
import { UploadShape } from './upload/upload-shape.ts';

function found(texts: Record<string, string>): string[] {
  return findIn(texts).map(({ origin, diagnostic }) => `${diagnostic.code} ${origin.path}:${diagnostic.line}`);
}

function findIn(texts: Record<string, string>): TreeFinding[] {
  const shape = UploadShape.of(Object.keys(texts));
  const files = Object.entries(texts).flatMap(([path, text]): EtcFile[] => {
    const origin = shape.originOf(path);
    return origin ? [{ origin, stanzas: origin.kind === 'ignored' ? [] : parseConf(text).stanzas }] : [];
  });
  return findInTree(files);
}

const base = { 'etc/system/local/server.conf': '[general]\nserverName = h\n' };

describe('the files of an upload together', () => {
  it('show what Splunk does not read where it lies', () => {
    expect(
      found({
        ...base,
        'etc/apps/a/bin/x.conf': '',
        'etc/apps/a/README/x.conf': '',
        'etc/apps/a/default/x.meta': '',
        'etc/apps/a/default/app.conf': '',
      }),
    ).toEqual(['ignored-location etc/apps/a/bin/x.conf:1', 'ignored-location etc/apps/a/default/x.meta:1']);
  });

  it('show with it where it belongs, and leave the files of other programs alone', () => {
    const files = [
      ...['etc/apps/a/default/app.conf', 'etc/apps/a/default/splunk-launch.conf', 'etc/apps/a/bin/x.conf'],
      ...[
        'etc/apps/a/default.old.20200101-000000/x.conf',
        'etc/apps/a/default/x.meta',
        'etc/users/ann/a/default/x.conf',
      ],
      ...['etc/disabled-apps/b/local/x.conf', 'etc/openldap/ldap.conf', 'etc/modules/input/x.conf'],
    ];
    const findings = findIn({ ...base, ...Object.fromEntries(files.map((path) => [path, ''])) });
    expect(findings.map(({ origin, diagnostic }) => [origin.ignoredReason, diagnostic.remedy])).toEqual([
      ['one-place-only', 'Move it to etc itself, the one place where Splunk reads it; or remove it.'],
      ['not-in-default-or-local', 'Move it to the default or local folder of an app; or remove it.'],
      ['backup-folder', 'Move what is still needed to default or local, and remove the copy.'],
      ['not-in-metadata', 'Call it default.meta or local.meta in the metadata folder of its app; or remove it.'],
      ['user-default', 'Move it to the local folder of the user: users have no default.'],
      ['disabled-apps', 'Move the app to apps if it is still needed; or remove it.'],
    ]);
  });

  it('show a disabled app that somebody still configures', () => {
    const app = { 'etc/apps/a/local/app.conf': '[install]\nstate = disabled\n' };
    expect(found({ ...base, ...app })).toEqual([]);
    expect(found({ ...base, ...app, 'etc/apps/a/local/x.conf': '[s]\n' })).toEqual([
      'disabled-app-has-local etc/apps/a/local/x.conf:1',
    ]);
  });

  it('show bundles of two versions side by side', () => {
    const bundle = (folder: string) => ({ [`etc/${folder}/a/local/x.conf`]: '[s]\n' });
    expect(found({ ...base, ...bundle('slave-apps') })).toEqual([]);
    expect(found({ ...base, ...bundle('slave-apps'), ...bundle('peer-apps') })).toEqual([
      'both-slave-and-peer-apps etc/slave-apps/a/local/x.conf:1',
    ]);
  });

  it('show defaults that an app sets for all, where they reach beyond the app', () => {
    const text = '\n[default]\nk = v\n[s]\n';
    expect(found({ ...base, 'etc/apps/a/local/limits.conf': text, 'etc/apps/a/local/app.conf': text })).toEqual([
      'default-in-app etc/apps/a/local/limits.conf:2',
    ]);
    expect(found({ ...base, 'etc/system/local/limits.conf': text })).toEqual([]);
  });

  it('show apps that contradict each other, and which of them loses', () => {
    const files = {
      'etc/apps/b/local/limits.conf': '[s]\nk = 1\nsame = 1\n',
      'etc/apps/a/default/limits.conf': '[s]\n\nk = 2\nsame = 1\n',
      'etc/apps/c/local/limits.conf': '[s]\nk = 3\n',
    };
    expect(found({ ...base, ...files }).toSorted()).toEqual([
      'conflicting-apps etc/apps/a/default/limits.conf:3',
      'conflicting-apps etc/apps/c/local/limits.conf:2',
    ]);
    const props = { 'etc/apps/A/local/props.conf': '[s]\nTZ = 1\n', 'etc/apps/b/local/props.conf': '[s]\nTZ = 2\n' };
    expect(found({ ...base, ...props })).toEqual(['conflicting-apps etc/apps/b/local/props.conf:2']);
    expect(found({ ...base, ...props, 'etc/apps/b/default/app.conf': '[install]\nstate = disabled\n' })).not.toContain(
      'conflicting-apps etc/apps/b/local/props.conf:2',
    );
    const other = {
      'a/etc/apps/x/local/limits.conf': '[s]\nk = 1\n',
      'b/etc/apps/y/local/limits.conf': '[s]\nk = 2\n',
    };
    expect(found({ 'a/etc/system/local/x.conf': '', 'b/etc/system/local/x.conf': '', ...other })).toEqual([]);
  });

  it('show a setting of the system that apps beat at search time', () => {
    const macros = { 'etc/apps/a/local/macros.conf': '[m]\ndefinition = 1\n' };
    expect(found({ ...base, ...macros, 'etc/system/local/macros.conf': '[m]\n\ndefinition = 2\n' })).toEqual([
      'system-local-shadowed etc/system/local/macros.conf:3',
    ]);
    expect(found({ ...base, ...macros, 'etc/system/local/macros.conf': '[m]\ndefinition = 1\n' })).toEqual([]);
  });

  it('show what local repeats of default', () => {
    expect(
      found({
        ...base,
        'etc/apps/a/default/x.conf': '[s]\nk = 1\nl = 2\n',
        'etc/apps/a/local/x.conf': '[s]\nl = 3\nk = 1\n',
      }),
    ).toEqual(['local-equals-default etc/apps/a/local/x.conf:3']);
  });
});
