import fc from 'fast-check';
import { effectiveConf } from './effective-conf.ts';
import { etcOf } from './etc-of.fixture.ts';
import { layersOf } from './layer-stack.ts';
import { type Merged, mergeLayers, stack } from './merge-layers.ts';
import { printBtool } from './print-btool.ts';

const print = (files: Record<string, string>) => printBtool(effectiveConf(etcOf(files), 'x'), { debug: true });

const name = fc.constantFrom('default', 'a', 'b', '[', '\u{1f600}', '\uff01');
const layerText = fc
  .array(
    fc.oneof(
      name.map((stanza) => `[${stanza}]`),
      fc
        .tuple(fc.constantFrom('k', 'l', '_', 'é'), fc.constantFrom('', '1', 'x y'))
        .map(([key, value]) => `${key} = ${value}`),
    ),
    { maxLength: 12 },
  )
  .map((lines) => lines.join('\n'));
const place = fc.constantFrom(
  'system/local',
  'system/default',
  'apps/a/local',
  'apps/a/default',
  'apps/B/local',
  'apps/B/default',
  'apps/_c/local',
  'peer-apps/p/local',
);
const tree = fc
  .dictionary(place, layerText, { maxKeys: 7 })
  .map((files) => Object.entries(files).map(([at, text]) => [`etc/${at}/x.conf`, text] as const));

/** All that a merger says. */
const told = (merged: Merged) =>
  [...merged].map(([stanza, one]) => [stanza, one.headers, one.size, one.keys(), [...one.settings]]);

describe('any layers', () => {
  it('merge to the same wherever they are split', () => {
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat(), (files, first, second) => {
        const layers = layersOf(etcOf(Object.fromEntries(files)), 'x', { kind: 'peer' });
        const cuts = [first % (layers.length + 1), second % (layers.length + 1)].sort((a, b) => a - b);
        const [high, middle, low] = [
          layers.slice(0, cuts[0]),
          layers.slice(cuts[0], cuts[1]),
          layers.slice(cuts[1]),
        ].map((part) => mergeLayers(part));
        if (!high || !middle || !low) throw new Error('three parts are three');
        const whole = mergeLayers(layers);
        expect(told(stack(stack(high, middle), low))).toEqual(told(whole));
        expect(told(stack(high, stack(middle, low)))).toEqual(told(whole));
      }),
    );
  });

  it('come out the same in any order of the files', () => {
    fc.assert(
      fc.property(
        tree.chain((files) => fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length }))),
        ([files, shuffled]) => {
          expect(print(Object.fromEntries(shuffled))).toBe(print(Object.fromEntries(files)));
        },
      ),
    );
  });

  it('give each setting the value of the highest layer that sets it, own before [default]', () => {
    fc.assert(
      fc.property(tree, (files) => {
        const effective = effectiveConf(etcOf(Object.fromEntries(files)), 'x');
        const valueIn = (stanza: string, key: string) =>
          effective.layers.flatMap(({ file }) =>
            file.stanzas
              .filter((one) => one.name === stanza)
              .flatMap((one) => one.settings.filter((setting) => setting.key === key)),
          )[0]?.value;
        for (const stanza of effective.stanzas)
          for (const { key, winner } of stanza.settings())
            expect(winner.setting.value).toBe(valueIn(stanza.name, key) ?? valueIn('default', key));
      }),
    );
  });

  it('tell how many settings a stanza has, and of which keys, as if they had made them', () => {
    fc.assert(
      fc.property(tree, (files) => {
        for (const stanza of effectiveConf(etcOf(Object.fromEntries(files)), 'x').stanzas) {
          const keys = ['k', 'l', '_', 'é', 'other'];
          const own = stanza.ownSettings().map(({ key }) => key);
          const all = stanza.settings().map(({ key }) => key);
          expect([stanza.ownCount(), keys.filter((key) => stanza.hasOwn(key))]).toEqual([
            own.length,
            keys.filter((key) => own.includes(key)),
          ]);
          expect([stanza.settingCount(), keys.filter((key) => stanza.has(key))]).toEqual([
            all.length,
            keys.filter((key) => all.includes(key)),
          ]);
        }
      }),
    );
  });
});
