import type { EffectiveConf, Size } from './effective-conf.ts';
import type { LayerSetting } from './etc-file.ts';
import type { PrintOptions } from './print-btool.ts';

/**
 * How large the list of a conf can be at most, told without making it: a `[default]` of many settings stands again under
 * every stanza, so a small upload can ask for an endless answer.
 */
export function answerSize<S extends LayerSetting>(
  { stanzas }: EffectiveConf<S>,
  { prefix = '', own = false }: Pick<PrintOptions, 'prefix' | 'own'> = {},
): Size {
  const sizes = new Map(stanzas.map((stanza) => [stanza.name, stanza.ownSize()]));
  const sum: Size = { settings: 0, chars: 0 };
  for (const { name, isListed, parents } of stanzas) {
    if ((!isListed && !own) || !name.startsWith(prefix)) continue;
    for (const part of own ? [name] : [name, ...parents]) {
      sum.settings += sizes.get(part)?.settings ?? 0;
      sum.chars += sizes.get(part)?.chars ?? 0;
    }
  }
  return sum;
}
