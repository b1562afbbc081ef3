import { nameOfFile } from './file-name.ts';
import { ownerIn } from './classify-path.ts';

/** Folders that hold anything but apps: what looks like an app below them is part of something else. */
const NO_APP_BELOW = new Set([
  ...[
    'bin',
    'lib',
    'appserver',
    'lookups',
    'static',
    'README',
    'default',
    'local',
    'metadata',
    'modules',
    'node_modules',
  ],
  ...['system', 'openldap', 'auth', 'disabled-apps', '.git'],
]);

/** A folder that looks like an app: it has a `default`, `local` or `metadata` of its own. */
export interface AppFolder {
  path: string;
  /** It has an `app.conf` or metadata, as every app has. */
  sure: boolean;
}

/** The folders of an upload that configuration hangs on. */
export interface Anchors {
  /** Folders that are an `etc`, whatever they are called. */
  etcs: ReadonlySet<string>;
  /** Folders that are an app and lie in no `etc`. */
  apps: ReadonlySet<string>;
}

/**
 * Finds the anchors of an upload. Every path says what it would be part of; an `etc` or app inside of another one is
 * part of it and no anchor. It looks at sets of folders, so the order of the paths does not matter.
 */
export function findAnchors(paths: Iterable<string>): Anchors {
  const etcs = new Set<string>();
  const apps = new Map<string, AppFolder>();
  for (const path of paths) {
    const segments = path.split('/');
    const etc = etcOf(segments);
    if (etc !== null) etcs.add(etc);
    else {
      const app = appOf(segments);
      if (app && (app.sure || !apps.has(app.path))) apps.set(app.path, app);
    }
  }
  const sure = new Set([...apps.values()].filter((app) => app.sure).map((app) => app.path));
  const topEtcs = new Set([...etcs].filter((etc) => !hasAncestor(etc, etcs) && !hasAncestor(etc, sure)));
  const aboveEtcs = new Set([...topEtcs].flatMap(ancestorsOf));
  const found = new Set<string>();
  for (const { path, sure } of apps.values()) {
    if (topEtcs.has(path) || hasAncestor(path, topEtcs)) continue;
    // Beside an `etc`, any folder that has a `default` is not enough, and less so one that the `etc` lies in.
    if (sure || topEtcs.size === 0 || (!path.includes('/') && !aboveEtcs.has(path))) found.add(path);
  }
  return { etcs: topEtcs, apps: new Set([...found].filter((app) => !hasAncestor(app, found))) };
}

/** The topmost folder that would be an `etc` for this path to be configuration in it; null when there is none. */
function etcOf(segments: readonly string[]): string | null {
  const file = segments.at(-1) ?? '';
  const folders = segments.slice(0, -1);
  if (isMarker(file, folders)) return folders.join('/');
  if (!nameOfFile(file)) return null;
  for (let at = 0; at < folders.length; at++) {
    const owner = ownerIn(folders.slice(at));
    if (owner && folders.length === at + owner.depth + 1 && isConfigFolder(folders.at(-1), file))
      return folders.slice(0, at).join('/');
  }
  return null;
}

/** Files that lie in an `etc` and nowhere else. */
function isMarker(file: string, folders: readonly string[]): boolean {
  if (file !== 'splunk-launch.conf' && file !== 'splunk.version' && file !== 'instance.cfg') return false;
  return folders.at(-1) === 'etc';
}

function isConfigFolder(folder: string | undefined, file: string): boolean {
  if (file.endsWith('.meta')) return folder === 'metadata';
  return file.endsWith('.conf') && (folder === 'default' || folder === 'local');
}

function appOf(segments: readonly string[]): AppFolder | null {
  const file = segments.at(-1) ?? '';
  const folders = segments.slice(0, -1);
  if (!isConfigFolder(folders.at(-1), file)) return null;
  const app = folders.slice(0, -1);
  if (app.some((folder) => NO_APP_BELOW.has(folder))) return null;
  return { path: app.join('/'), sure: file === 'app.conf' || file.endsWith('.meta') };
}

/** Whether one of the folders lies above this one. */
function hasAncestor(path: string, folders: ReadonlySet<string>): boolean {
  return folders.size > 0 && ancestorsOf(path).some((folder) => folders.has(folder));
}

/** The folders above a path, `''` first; none above the top itself. */
export function ancestorsOf(path: string): string[] {
  if (path === '') return [];
  const ancestors = [''];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) ancestors.push(path.slice(0, at));
  return ancestors;
}
