import type { EffectiveConf, Size } from './effective-conf.ts';
import type { LayerSetting } from './etc-file.ts';
import type { PrintOptions } from './print-btool.ts';

/**
 * How large the list of a conf can be at most, told without making it: a `[default]` of many settings stands again under
 * every stanza, so a small upload can ask for an endless answer. With `debug` every line has a path before it.
 */
export function answerSize<S extends LayerSetting>(
  { home, layers, stanzas }: EffectiveConf<S>,
  { prefix = '', own = false, debug = false }: PrintOptions = {},
): Size {
  let pathChars = 0;
  if (debug) for (const { place } of layers) pathChars = Math.max(pathChars, home.fileAt(place).length + 1);
  const sizes = new Map(stanzas.map((stanza) => [stanza.name, stanza.ownSize()]));
  const sum: Size = { settings: 0, chars: 0 };
  for (const { name, isListed, parents } of stanzas) {
    if ((!isListed && !own) || !name.startsWith(prefix)) continue;
    sum.chars += pathChars;
    for (const part of own ? [name] : [name, ...parents]) {
      const { settings, chars } = sizes.get(part) ?? { settings: 0, chars: 0 };
      sum.settings += settings;
      sum.chars += chars + settings * pathChars;
    }
  }
  return sum;
}
