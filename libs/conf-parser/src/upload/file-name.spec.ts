import fc from 'fast-check';
import { mayCount } from './file-name.ts';
import { UploadShape } from './upload-shape.ts';

const word = fc.constantFrom(
  'etc',
  'apps',
  'system',
  'a',
  'default',
  'local',
  'metadata',
  'README',
  'default.old.1',
  'local_bkp',
  'users',
);
const file = fc.constantFrom(
  'app.conf',
  'inputs.conf',
  'local.meta',
  'x.meta',
  'inputs.conf.spec',
  'splunk-launch.conf',
  'x.spec.conf',
  'x.txt',
);
const path = fc.tuple(fc.array(word, { maxLength: 5 }), file).map(([folders, name]) => [...folders, name].join('/'));

describe('a path alone', () => {
  it('never rules out what turns out to count', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 8 }), (paths) => {
        const shape = UploadShape.of(paths);
        for (const each of paths) {
          const origin = shape.originOf(each);
          const counts =
            origin?.kind === 'conf' || origin?.kind === 'meta' || (origin?.kind === 'spec' && origin.conf === 'inputs');
          if (counts) expect([each, mayCount(each)]).toEqual([each, true]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'etc/apps/a/bin/x.conf',
    'etc/apps/a/README/x.conf',
    'etc/apps/a/README/props.conf.spec',
    'a/default.old.1/x.conf',
    'etc/modules/x/y/z.conf',
    'a.txt',
  ])('spares the reading of what never can: %s', (never) => expect(mayCount(never)).toBe(false));
});
