import { ShapeGuess } from './shape-guess.ts';
import { UploadShape } from './upload-shape.ts';

/** The paths of an upload whose guessed origin is not the one they turn out to have. */
function wrongGuesses(paths: string[]): string[] {
  const archiveName = 'x.tgz';
  const guess = new ShapeGuess(archiveName);
  const guessed = paths.map((path) => guess.originOf(path));
  const shape = UploadShape.of(paths, { archiveName });
  return paths.filter((path, at) => JSON.stringify(shape.originOf(path)) !== JSON.stringify(guessed[at]));
}

describe('the guess at the shape of an upload', () => {
  it.each([
    [
      'an etc',
      [
        'etc/apps/a/README/x.conf',
        'etc/apps/a/bin/y.conf',
        'etc/apps/a/default/app.conf',
        'etc/passwd',
        'etc/system/local/x.conf',
        'etc/openldap/ldap.conf',
        'etc/splunk-launch.conf',
        'etc/users/u/a/local/x.conf',
      ],
    ],
    [
      'a deployment server',
      ['opt/splunk/etc/deployment-apps/a/local/x.conf', 'opt/splunk/etc/apps/b/metadata/local.meta'],
    ],
    ['a diag', ['diag-h/systeminfo.txt', 'diag-h/etc/apps/a/default.old.1/x.conf', 'diag-h/etc/apps/a/local/x.conf']],
    ['an app', ['a/default/app.conf', 'a/bin/x.conf', 'a/metadata/default.meta']],
    ['an app without its folder', ['default/app.conf', 'bin/x.conf', 'metadata/default.meta']],
    ['some apps', ['repo/a/default/app.conf', 'repo/b/default/app.conf', 'repo/b/README/x.conf']],
    ['a file', ['inputs.conf']],
    [
      'apps and an etc beside each other',
      ['deployment-apps/a/local/x.conf', 'etc/system/local/x.conf', 'apps/b/local/x.conf'],
    ],
    ['an app without its folder beside an etc', ['default/app.conf', 'etc/apps/a/local/x.conf', 'local/x.conf']],
    ['an etc in a folder called users', ['users/etc/apps/a/local/x.conf', 'users/etc/system/local/x.conf']],
    ['an app that keeps a copy of an etc', ['etc/apps/a/default/app.conf', 'etc/apps/a/old/etc/system/local/x.conf']],
  ])('is right for %s', (_what, paths) => expect(wrongGuesses(paths)).toEqual([]));

  it('may be wrong where a later path changes everything', () => {
    expect(wrongGuesses(['a/samples/apps/b/default/x.conf', 'a/default/app.conf'])).toEqual([
      'a/samples/apps/b/default/x.conf',
    ]);
    expect(wrongGuesses(['etc/x.conf', 'etc/apps/a/local/x.conf'])).toEqual(['etc/x.conf']);
  });
});
