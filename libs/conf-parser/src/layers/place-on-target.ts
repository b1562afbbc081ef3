import type { Origin, Target } from '../upload/origin.ts';

/** How a deployer hands an app to its members: `deployer_push_mode` of `[shclustering]` in the app's `app.conf`. */
export const PUSH_MODES = ['full', 'merge_to_default', 'local_only', 'default_only'] as const;
export type PushMode = (typeof PUSH_MODES)[number];
export const DEFAULT_PUSH_MODE: PushMode = 'merge_to_default';

/** Where a file lies on the instance that uses it. */
export interface Place {
  scope: 'system' | 'app' | 'peer' | 'user' | 'single';
  app: string | null;
  user: string | null;
  layer: 'default' | 'local' | null;
  /** A `local` file that was folded into `default` on its way, and wins over what was there. */
  folded: boolean;
  /** Path below `etc`, with `/`; of a single file its path in the upload. */
  path: string;
}

/** Where a file of an upload lies on a target; null when it is not for that target, or does not reach it. */
export function placeOnTarget(origin: Origin, target: Target, pushMode: PushMode): Place | null {
  if (origin.target !== target || origin.scope === null) return null;
  const { scope, app, user, layer, path } = origin;
  const file = path.slice(path.lastIndexOf('/') + 1);
  const folder = origin.kind === 'meta' ? 'metadata' : layer;
  const placed = { app, user, layer, folded: false };
  switch (scope) {
    case 'single':
      return { ...placed, scope, path };
    case 'system':
      return { ...placed, scope, path: folder === null ? file : `system/${folder}/${file}` };
    case 'user':
      return { ...placed, scope, path: `users/${user}/${app}/${folder}/${file}` };
    case 'app':
    case 'deployment':
      return { ...placed, scope: 'app', path: `apps/${app}/${folder}/${file}` };
    case 'peer':
    case 'manager':
      return { ...placed, scope: 'peer', path: `${peerFolder(origin)}/${app}/${folder}/${file}` };
    case 'shcluster':
      if (user !== null) return { ...placed, scope: 'user', path: `users/${user}/${app}/${folder}/${file}` };
      return pushed({ ...placed, scope: 'app', path: `apps/${app}/${folder}/${file}` }, pushMode);
  }
}

/** Up to 8.x the folders of a cluster bundle had other names; an old manager feeds old peers. */
function peerFolder({ path, instance }: Origin): string {
  const [folder = ''] = (instance === '' ? path : path.slice(instance.length + 1)).split('/');
  return folder === 'slave-apps' || folder === 'master-apps' ? 'slave-apps' : 'peer-apps';
}

function pushed(place: Place, mode: PushMode): Place | null {
  if (mode === 'full') return place;
  if (mode === 'local_only') return place.layer === 'local' ? place : null;
  if (mode === 'default_only') return place.layer === 'default' ? place : null;
  if (place.layer !== 'local') return place;
  return { ...place, layer: 'default', folded: true, path: place.path.replace('/local/', '/default/') };
}
