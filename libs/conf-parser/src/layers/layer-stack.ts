import { compareBytes } from '../byte-order.ts';
import type { EtcFile, LayerSetting } from './etc-file.ts';
import type { EtcTree, PlacedFile } from './etc-tree.ts';
import { reachOf } from './conf-rules.ts';
import type { Place } from './place-on-target.ts';

/**
 * Who asks.
 *
 * - `global`: index time and server settings; what btool shows without `--app`.
 * - `peer`: the same on a peer of an indexer cluster, where the bundle comes in between.
 * - `app`: search time, in an app and as a user of it; what btool shows with `--app` and `--user`.
 */
export type Context = { kind: 'global' } | { kind: 'peer' } | { kind: 'app'; app: string; user?: string | null };

/** Groups of layers in which only the name of the app decides; each context has an order of its own. */
export type Block =
  | 'single'
  | 'user'
  | 'current-app-local'
  | 'current-app-default'
  | 'other-apps'
  | 'peer-apps-local'
  | 'peer-apps-default'
  | 'system-local'
  | 'apps-local'
  | 'apps-default'
  | 'system-default';

const ORDER: Readonly<Record<Context['kind'], readonly Block[]>> = {
  global: ['single', 'system-local', 'apps-local', 'apps-default', 'system-default'],
  peer: [
    'single',
    'peer-apps-local',
    'system-local',
    'apps-local',
    'peer-apps-default',
    'apps-default',
    'system-default',
  ],
  app: ['single', 'user', 'current-app-local', 'current-app-default', 'other-apps', 'system-local', 'system-default'],
};

/** One file in the order of precedence. */
export interface Layer<S extends LayerSetting = LayerSetting> {
  /** 0 is the highest: it wins over all others. */
  rank: number;
  block: Block;
  file: EtcFile<S>;
  place: Place;
  /** Which of its settings are seen in this context; null: all of them. */
  sees: ((stanza: string, key?: string) => boolean) | null;
}

/** The files of a conf that count in a context, the highest first. */
export function layersOf<S extends LayerSetting>(tree: EtcTree<S>, conf: string, context: Context): Layer<S>[] {
  const order = ORDER[context.kind];
  const reach = reachOf(conf);
  const found: { block: Block; at: number; placed: PlacedFile<S> }[] = [];
  const files = context.kind === 'app' && reach === 'app' ? tree.filesFor(conf, context.app) : tree.filesOf(conf);
  for (const placed of files) {
    const block = blockOf(placed.place, context);
    if (block === null || (block === 'other-apps' && reach === 'app')) continue;
    if (reach === 'one-place' && placed.place.app !== null) continue;
    found.push({ block, at: order.indexOf(block), placed });
  }
  found.sort((a, b) => a.at - b.at || compareInBlock(a.block, a.placed.place, b.placed.place));
  return found.map(({ block, placed: { file, place } }, rank) => {
    if (block !== 'other-apps') return { rank, block, file, place, sees: null };
    const metadata = tree.metadataOf(file.origin);
    const sees = (object: string, attribute?: string) =>
      metadata.isExported({ category: conf, object, ...(attribute !== undefined && { attribute }) });
    return { rank, block, file, place, sees };
  });
}

function blockOf({ scope, app, user, layer }: Place, context: Context): Block | null {
  if (scope === 'single') return 'single';
  // `splunk-launch.conf` has no layer, and no other file to compete with.
  if (scope === 'system') return layer === 'default' ? 'system-default' : 'system-local';
  if (context.kind !== 'app') {
    if (scope === 'user') return null;
    if (scope === 'app') return layer === 'local' ? 'apps-local' : 'apps-default';
    if (context.kind !== 'peer') return null;
    return layer === 'local' ? 'peer-apps-local' : 'peer-apps-default';
  }
  if (scope === 'user') return user === context.user && app === context.app ? 'user' : null;
  if (app !== context.app) return 'other-apps';
  return layer === 'local' ? 'current-app-local' : 'current-app-default';
}

/**
 * At index time the app that sorts first wins, and each `local` of an app over any `default`. At search time the other
 * app that sorts last wins, app by app.
 */
function compareInBlock(block: Block, a: Place, b: Place): number {
  const byApp = compareBytes(a.app ?? '', b.app ?? '');
  const byLayer = Number(a.layer !== 'local') - Number(b.layer !== 'local') || Number(b.folded) - Number(a.folded);
  return (block === 'other-apps' ? -byApp : byApp) || byLayer || compareBytes(a.path, b.path);
}
