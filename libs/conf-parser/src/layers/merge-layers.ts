import type { LayerSetting, LayerStanza } from './etc-file.ts';
import type { Layer } from './layer-stack.ts';

/** One layer's word on a setting. */
export interface Claim<S extends LayerSetting = LayerSetting> {
  layer: Layer<S>;
  /** Name of the stanza as the file writes it. */
  stanza: LayerStanza<S>;
  setting: S;
}

/** A stanza in a layer. */
export interface Header<S extends LayerSetting = LayerSetting> {
  layer: Layer<S>;
  stanza: LayerStanza<S>;
}

/** A stanza of several layers. Its settings are merged when they are asked for: many are only counted. */
export class MergedStanza<S extends LayerSetting = LayerSetting> {
  #settings: ReadonlyMap<string, readonly Claim<S>[]> | null = null;

  constructor(
    readonly name: string,
    /** The files that hold a stanza of this name, also those that set nothing in it, the highest first. */
    readonly headers: Header<S>[] = [],
  ) {}

  /** All words on each key; of each list the first wins. */
  get settings(): ReadonlyMap<string, readonly Claim<S>[]> {
    return (this.#settings ??= claimsOf(this.headers));
  }

  /** Its keys, each once. Of most stanzas there is only one, and nothing to be merged. */
  keys(): readonly string[] {
    const [first, second] = this.headers;
    return first && !second ? keysIn(first) : [...this.settings.keys()];
  }

  /** How many keys it has. */
  get size(): number {
    const [first, second] = this.headers;
    if (!first || second || first.layer.sees) return this.keys().length;
    return first.stanza.keyCount ?? first.stanza.settings.length;
  }

  /** Lets go of what was merged, until it is asked for again. */
  release(): void {
    this.#settings = null;
  }

  has(key: string): boolean {
    return this.#settings ? this.#settings.has(key) : this.keys().includes(key);
  }
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
  const header = { layer, stanza };
  if (sees && !sees(stanza.name) && keysIn(header).length === 0) return;
  const known = merged.get(name);
  if (known) known.headers.push(header);
  else merged.set(name, new MergedStanza(name, [header]));
}

/** The keys of a stanza that count. Metadata can export a single setting of a stanza that is not exported. */
function keysIn<S extends LayerSetting>({ layer: { sees }, stanza }: Header<S>): readonly string[] {
  const keys = stanza.keys ?? stanza.settings.map(({ key }) => key);
  return sees ? keys.filter((key) => sees(stanza.name, key)) : keys;
}

function claimsOf<S extends LayerSetting>(headers: readonly Header<S>[]): Map<string, Claim<S>[]> {
  const found = new Map<string, Claim<S>[]>();
  for (const { layer, stanza } of headers)
    for (const setting of stanza.settings) {
      const { sees } = layer;
      if (sees && !sees(stanza.name, setting.key)) continue;
      const claims = found.get(setting.key);
      if (claims) claims.push({ layer, stanza, setting });
      else found.set(setting.key, [{ layer, stanza, setting }]);
    }
  return found;
}

/** Puts what higher layers came to on top of what lower ones did. Merging is associative: any split gives the same. */
export function stack<S extends LayerSetting>(higher: Merged<S>, lower: Merged<S>): Merged<S> {
  const merged: Merged<S> = new Map();
  for (const part of [higher, lower])
    for (const [name, { headers }] of part) {
      const known = merged.get(name);
      if (known) known.headers.push(...headers);
      else merged.set(name, new MergedStanza(name, [...headers]));
    }
  return merged;
}
