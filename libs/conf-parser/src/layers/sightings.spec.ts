import { etcOf } from './etc-of.fixture.ts';
import { sightingsOf } from './sightings.ts';
import type { Context } from './layer-stack.ts';

const tree = etcOf({
  'etc/apps/a/default/macros.conf': '[m]\ndefinition = a\n',
  'etc/apps/b/local/macros.conf': '[m]\ndefinition = b\n[n]\n',
  'etc/apps/c/local/macros.conf': '[m]\ndefinition = c\n',
  'etc/apps/c/metadata/local.meta': '[macros/m]\nexport = system\n',
  'etc/apps/off/local/macros.conf': '[m]\ndefinition = off\n',
  'etc/apps/off/local/app.conf': '[install]\nstate = disabled\n',
  'etc/users/ann/a/local/macros.conf': '[m]\ndefinition = ann\n',
  'etc/users/bob/a/local/macros.conf': '[m]\ndefinition = bob\n',
  'etc/peer-apps/p/local/macros.conf': '[m]\ndefinition = p\n',
  'etc/apps/a/default/app.conf': '[ui]\nlabel = A\n',
  'etc/apps/b/default/app.conf': '[ui]\nlabel = B\n',
});
const told = (context: Context, conf = 'macros', name = 'm') =>
  sightingsOf(tree, conf, name, { context }).map(({ stanza, reason }) => [stanza.settings[0]?.value, reason]);

describe('every stanza of a name', () => {
  it('is listed with what keeps it from being seen in an app, those that are seen first', () => {
    expect(told({ kind: 'app', app: 'a', user: 'ann' })).toEqual([
      ['ann', null],
      ['a', null],
      ['c', null],
      ['b', 'not-exported'],
      ['off', 'disabled-app'],
      ['p', 'not-exported'],
      ['bob', 'private'],
    ]);
    expect(told({ kind: 'app', app: 'a' }, 'app', 'ui')).toEqual([
      ['A', null],
      ['B', 'other-app'],
    ]);
  });

  it('and at index time', () => {
    expect(told({ kind: 'global' })).toEqual([
      ['b', null],
      ['c', null],
      ['a', null],
      ['off', 'disabled-app'],
      ['p', 'other-context'],
      ['ann', 'private'],
      ['bob', 'private'],
    ]);
    expect(told({ kind: 'global' }, 'macros', 'nothing')).toEqual([]);
  });
});
