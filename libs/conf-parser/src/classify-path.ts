/** What Splunk makes of a file: configuration, metadata, or neither in spite of its name. */
export type FileKind = 'conf' | 'meta' | 'ignored';

/**
 * Where a file counts.
 *
 * - `system`, `app`, `user`: the instance itself.
 * - `peer`: the bundle of an indexer cluster, on a peer. `manager`: its source on the cluster manager, not live there.
 * - `deployment`: for deployment clients. `shcluster`: for search head cluster members.
 * - `single`: a file that came alone, or lies at the top of an archive.
 */
export type Scope = 'system' | 'app' | 'user' | 'peer' | 'manager' | 'deployment' | 'shcluster' | 'single';

/** Why Splunk does not read a `.conf` or `.meta` file. */
export type IgnoredReason =
  'documentation' | 'backup-folder' | 'user-default' | 'not-in-default-or-local' | 'not-in-metadata';

/** Where a file of an upload comes from. */
export interface Origin {
  path: string;
  kind: FileKind;
  /** `props` for `props.conf`; `default.meta` or `local.meta` for metadata. */
  conf: string;
  app: string | null;
  scope: Scope | null;
  layer: 'default' | 'local' | null;
  user: string | null;
  /** Set for `ignored` files alone. */
  ignoredReason: IgnoredReason | null;
}

interface Place {
  scope: Scope;
  app: string | null;
  user: string | null;
}

/** Folders that hold one app each, and the scope of what lies in them. */
const APP_FOLDERS: ReadonlyMap<string, Scope> = new Map<string, Scope>([
  ['apps', 'app'],
  ['peer-apps', 'peer'],
  ['slave-apps', 'peer'],
  ['manager-apps', 'manager'],
  ['master-apps', 'manager'],
  ['deployment-apps', 'deployment'],
]);
const BACKUP = /^(?:(?:default|local)\.(?:old|bak)|local_bkp|disabled-apps$)/;

/**
 * Says what a path of an upload is, from the path alone; null for a file that is neither `.conf` nor `.meta`.
 *
 * @param path normalised: relative, `/` between segments
 * @param archiveName names the app of an archive whose top holds `default/` or `local/` themselves
 */
export function classifyPath(path: string, archiveName = ''): Origin | null {
  const segments = path.split('/');
  const file = segments.pop() ?? '';
  if (file.endsWith('.conf')) return classifyConf(path, segments, file.slice(0, -'.conf'.length), archiveName);
  if (file.endsWith('.meta')) return classifyMeta(path, segments, file, archiveName);
  return null;
}

function classifyConf(path: string, folders: string[], conf: string, archiveName: string): Origin {
  const ignored = (reason: IgnoredReason) => ignoredOrigin(path, conf, reason);
  if (folders.length === 0) return origin(path, 'conf', conf, { scope: 'single', app: null, user: null }, null);
  if (conf === 'splunk-launch' && folders.at(-1) === 'etc')
    return origin(path, 'conf', conf, { scope: 'system', app: null, user: null }, null);
  if (folders.some((folder) => BACKUP.test(folder))) return ignored('backup-folder');
  if (folders.at(-1) === 'README' || conf.endsWith('.spec')) return ignored('documentation');
  const layer = folders.at(-1);
  if (layer !== 'default' && layer !== 'local') return ignored('not-in-default-or-local');
  const place = placeOf(folders.slice(0, -1), archiveName);
  if (!place) return ignored('not-in-default-or-local');
  if (place.scope === 'user' && layer === 'default') return ignored('user-default');
  return origin(path, 'conf', conf, place, layer);
}

function classifyMeta(path: string, folders: string[], file: string, archiveName: string): Origin {
  const layer = file === 'default.meta' ? 'default' : file === 'local.meta' ? 'local' : null;
  if (folders.some((folder) => BACKUP.test(folder))) return ignoredOrigin(path, file, 'backup-folder');
  if (layer === null) return ignoredOrigin(path, file, 'not-in-metadata');
  if (folders.length === 0) return origin(path, 'meta', file, { scope: 'single', app: null, user: null }, layer);
  const place = folders.at(-1) === 'metadata' ? placeOf(folders.slice(0, -1), archiveName) : null;
  if (!place) return ignoredOrigin(path, file, 'not-in-metadata');
  if (place.scope === 'user' && layer === 'default') return ignoredOrigin(path, file, 'user-default');
  return origin(path, 'meta', file, place, layer);
}

/**
 * The owner of a `default`, `local` or `metadata` folder, from the folders above it. Only the folders next to it count,
 * so that an `etc` is recognised under any prefix.
 */
function placeOf(above: string[], archiveName: string): Place | null {
  const [app, parent, grandparent, great] = above.toReversed();
  if (app === undefined) return { scope: 'app', app: appOfArchive(archiveName), user: null };
  // users/U/A and shcluster/users/U/A
  if (grandparent === 'users' && parent !== undefined)
    return { scope: great === 'shcluster' ? 'shcluster' : 'user', app, user: parent };
  const scope = parent === undefined ? undefined : APP_FOLDERS.get(parent);
  if (scope) return { scope: scope === 'app' && grandparent === 'shcluster' ? 'shcluster' : scope, app, user: null };
  if (app === 'system') return { scope: 'system', app: null, user: null };
  // One app, or several, at the top of the archive. Deeper down a stranger's `default` folder is no app of ours.
  return parent === undefined ? { scope: 'app', app, user: null } : null;
}

/** The app that an archive is named after: without its ending and without a version, as in `my_app-1.2.3.tgz`. */
function appOfArchive(name: string): string | null {
  const stem = name.replace(/\.(?:tar\.gz|tgz|tar|spl|zip|gz)$/i, '').replace(/[-_]v?\d+(?:[._]\d+)*$/, '');
  return stem === '' ? null : stem;
}

function origin(path: string, kind: 'conf' | 'meta', conf: string, place: Place, layer: Origin['layer']): Origin {
  return { path, kind, conf, ...place, layer, ignoredReason: null };
}

function ignoredOrigin(path: string, conf: string, ignoredReason: IgnoredReason): Origin {
  return { path, kind: 'ignored', conf, app: null, scope: null, layer: null, user: null, ignoredReason };
}
