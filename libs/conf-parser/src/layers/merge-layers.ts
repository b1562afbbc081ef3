import type { LayerSetting, LayerStanza } from './etc-file.ts';
import type { Layer } from './layer-stack.ts';

/** One layer's word on a setting. */
export interface Claim<S extends LayerSetting = LayerSetting> {
  layer: Layer<S>;
  /** Name of the stanza as the file writes it. */
  stanza: LayerStanza<S>;
  setting: S;
}

/** A stanza of several layers; of each list the first wins. */
export interface MergedStanza<S extends LayerSetting = LayerSetting> {
  name: string;
  /** The files that hold a stanza of this name, also those that set nothing in it. */
  headers: { layer: Layer<S>; stanza: LayerStanza<S> }[];
  settings: Map<string, Claim<S>[]>;
}

/** Layers merged by stanza and key. Nothing is lost: what is beaten stands behind what wins. */
export type Merged<S extends LayerSetting = LayerSetting> = Map<string, MergedStanza<S>>;

/**
 * Merges layers, the highest first: each key of each stanza takes its value from the highest layer that sets it, also
 * when the value is empty.
 *
 * @param nameOf the name that a stanza of a layer goes by, where that is not the one it is written with
 */
export function mergeLayers<S extends LayerSetting>(
  layers: readonly Layer<S>[],
  nameOf: (name: string, layer: Layer<S>) => string = (name) => name,
): Merged<S> {
  const merged: Merged<S> = new Map();
  for (const layer of layers)
    // Of two stanzas of one file that go by one name, the later one wins, as it does when they are written alike.
    for (const stanza of layer.file.stanzas.toReversed()) addStanza(merged, nameOf(stanza.name, layer), layer, stanza);
  return merged;
}

function addStanza<S extends LayerSetting>(
  merged: Merged<S>,
  name: string,
  layer: Layer<S>,
  stanza: LayerStanza<S>,
): void {
  const { sees } = layer;
  // Metadata can export a single setting of a stanza that is not exported.
  const settings = sees ? stanza.settings.filter(({ key }) => sees(stanza.name, key)) : stanza.settings;
  if (sees && settings.length === 0 && !sees(stanza.name)) return;
  let target = merged.get(name);
  if (!target) merged.set(name, (target = { name, headers: [], settings: new Map() }));
  target.headers.push({ layer, stanza });
  for (const setting of settings) {
    const claims = target.settings.get(setting.key);
    if (claims) claims.push({ layer, stanza, setting });
    else target.settings.set(setting.key, [{ layer, stanza, setting }]);
  }
}

/** Puts what higher layers came to on top of what lower ones did. Merging is associative: any split gives the same. */
export function stack<S extends LayerSetting>(higher: Merged<S>, lower: Merged<S>): Merged<S> {
  const merged: Merged<S> = new Map();
  for (const part of [higher, lower])
    for (const [name, { headers, settings }] of part) {
      let target = merged.get(name);
      if (!target) merged.set(name, (target = { name, headers: [], settings: new Map() }));
      target.headers.push(...headers);
      for (const [key, claims] of settings) target.settings.set(key, [...(target.settings.get(key) ?? []), ...claims]);
    }
  return merged;
}
