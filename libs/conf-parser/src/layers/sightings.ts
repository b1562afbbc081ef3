import type { LayerSetting, LayerStanza } from './etc-file.ts';
import type { EtcTree, PlacedFile } from './etc-tree.ts';
import { rulesOf } from './conf-rules.ts';
import type { EffectiveOptions } from './effective-conf.ts';
import { type Layer, layersOf } from './layer-stack.ts';
import { SplunkHome } from './splunk-home.ts';

/** Why a stanza of a file is not seen in a context. */
export type UnseenReason =
  | 'disabled-app'
  /** It lies in another app, which does not export it. */
  | 'not-exported'
  /** It belongs to a user, or to another one, or to another app of the user. */
  | 'private'
  /** The conf speaks of its own app alone. */
  | 'other-app'
  /** It lies in a folder that this context has no place for. */
  | 'other-context';

/** Sorts behind all layers. */
const UNSEEN = Number.MAX_SAFE_INTEGER;

/** A stanza of a name, wherever there is one. */
export interface Sighting<S extends LayerSetting = LayerSetting> {
  placed: PlacedFile<S>;
  stanza: LayerStanza<S>;
  /** Its layer in the context; null when it is not seen. */
  layer: Layer<S> | null;
  /** Null when it is seen. */
  reason: UnseenReason | null;
}

/**
 * Every stanza of this name in a conf, also those that the context does not see: the same object may exist in several
 * apps. Those that are seen come first, the strongest one at the head.
 */
export function sightingsOf<S extends LayerSetting>(
  tree: EtcTree<S>,
  conf: string,
  name: string,
  { context = { kind: 'global' }, home }: EffectiveOptions = {},
): Sighting<S>[] {
  const rules = rulesOf(conf, new SplunkHome(home), tree.schemes());
  const layers = new Map(layersOf(tree, conf, context).map((layer) => [layer.file, layer]));
  const sightings = tree.allFilesOf(conf).flatMap((placed) => {
    const stanza = placed.file.stanzas.find((one) => rules.nameOf(one.name, placed.place) === name);
    if (!stanza) return [];
    const layer = layers.get(placed.file) ?? null;
    const reason = layer ? hiddenIn(layer, stanza) : absentFor(placed, context.kind === 'app');
    return [{ placed, stanza, layer: reason ? null : layer, reason }];
  });
  return sightings.sort((a, b) => (a.layer?.rank ?? UNSEEN) - (b.layer?.rank ?? UNSEEN));
}

function hiddenIn<S extends LayerSetting>({ sees }: Layer<S>, { name, settings }: LayerStanza<S>): UnseenReason | null {
  if (!sees || sees(name) || settings.some(({ key }) => sees(name, key))) return null;
  return 'not-exported';
}

function absentFor({ place, disabled }: PlacedFile, inApp: boolean): UnseenReason {
  if (disabled) return 'disabled-app';
  if (place.scope === 'user') return 'private';
  return inApp ? 'other-app' : 'other-context';
}
