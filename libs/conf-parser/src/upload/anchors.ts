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

/** How sure it is that a folder is an `etc`; a surer one is none's part that is less sure. */
const SURE_BY = {
  /** It holds `apps`, `deployment-apps` or the like, as other folders may. */
  folders: 0,
  /** It is called `etc` besides. */
  name: 1,
  /** It holds the configuration of the system, or a file that lies in an `etc` alone. */
  sign: 2,
} as const;
type Sureness = (typeof SURE_BY)[keyof typeof SURE_BY];

/** The folders of an upload that configuration hangs on. One may lie in another: a file belongs to the nearest. */
export interface Anchors {
  /** Folders that are an `etc`, whatever they are called. */
  etcs: ReadonlySet<string>;
  /** Folders that are an app and lie in no `etc`. */
  apps: ReadonlySet<string>;
}

/** Finds the anchors of an upload; the order of its paths does not matter. */
export function findAnchors(paths: Iterable<string>): Anchors {
  const signs = new AnchorSigns();
  for (const path of paths) signs.add(path);
  return signs.anchors();
}

/**
 * What the paths of an upload say about its anchors. Every path says what it would be part of, and whether that folder
 * is one is a matter of the folders around it. Only sets of folders are kept, so nothing depends on the order of paths.
 */
export class AnchorSigns {
  readonly #etcs = new Map<string, Sureness>();
  /** Folders of apps and users in what may be an `etc`. */
  readonly #owned = new Set<string>();
  /** Folders that look like an app in no `etc`, having a `default`, `local` or `metadata`, and whether they surely are one. */
  readonly #apps = new Map<string, boolean>();
  /** The folder of the last path, and the sorts of files in it so far: another file of one says nothing more. */
  #folder: string | null = null;
  readonly #sorts = new Set<string>();

  /** Takes one more path; whether it said anything that no path before it had said. */
  add(path: string): boolean {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const sort = sortOf(path.slice(path.lastIndexOf('/') + 1));
    if (folder !== this.#folder) this.#sorts.clear();
    this.#folder = folder;
    if (sort === null || this.#sorts.has(sort)) return false;
    this.#sorts.add(sort);
    return this.#read(path.split('/'));
  }

  #read(segments: readonly string[]): boolean {
    const reading = readingOf(segments);
    if (reading) {
      const { etc, sureness, owned } = reading;
      const isSurer = (this.#etcs.get(etc) ?? -1) < sureness;
      if (isSurer) this.#etcs.set(etc, sureness);
      const isNewOwner = owned !== null && !this.#owned.has(owned);
      if (isNewOwner) this.#owned.add(owned);
      return isSurer || isNewOwner;
    }
    const app = appOf(segments);
    if (!app || this.#apps.get(app.path) === true || this.#apps.get(app.path) === app.sure) return false;
    this.#apps.set(app.path, app.sure);
    return true;
  }

  /**
   * The `etc` that a folder is or lies in, by what is known so far; null for none. From the top down: what lies in an
   * app or is a user's belongs to them, as a backup does, and Splunk reads no `etc` there; nor one in an `etc` that is as
   * sure. A surer one beside the folders that made another one likely is an instance of its own.
   */
  etcOf(folder: string): string | null {
    let nearest: string | null = null;
    let sureness = -1;
    let inLooseApp = false;
    for (const above of [...ancestorsOf(folder), folder]) {
      if (this.#owned.has(above)) return nearest;
      const found = this.#etcs.get(above);
      if (found !== undefined && found > sureness && !(inLooseApp && isPartOfApp(above))) {
        nearest = above;
        sureness = found;
      } else if (this.#apps.get(above)) {
        if (above !== '') return nearest;
        // An app without a folder of its own may have been packed together with whatever lay beside it.
        inLooseApp = true;
        sureness = Math.max(sureness, SURE_BY.folders);
      }
    }
    return nearest;
  }

  anchors(): Anchors {
    const etcs = new Set([...this.#etcs.keys()].filter((etc) => this.etcOf(etc) === etc));
    const aboveEtcs = new Set([...etcs].flatMap(ancestorsOf));
    const found = new Set<string>();
    for (const [path, sure] of this.#apps) {
      if (etcs.has(path) || hasAncestor(path, etcs)) continue;
      // Beside an `etc`, any folder that has a `default` is not enough, and less so one that the `etc` lies in.
      if (sure || etcs.size === 0 || (!path.includes('/') && !aboveEtcs.has(path))) found.add(path);
    }
    return { etcs, apps: new Set([...found].filter((app) => !hasAncestor(app, found))) };
  }
}

/** What a path would be part of. */
interface Reading {
  etc: string;
  sureness: Sureness;
  /** The folder of its app or user; null for what is the system's. */
  owned: string | null;
}

/**
 * The `etc` for which this path would be configuration in it; null when there is none. When there are several, a folder
 * that is called so is meant rather than a user of that name with an app called "system"; else the topmost.
 */
function readingOf(segments: readonly string[]): Reading | null {
  const file = segments.at(-1) ?? '';
  const folders = segments.slice(0, -1);
  if (isMarker(file, folders)) return { etc: folders.join('/'), sureness: SURE_BY.sign, owned: null };
  if (!nameOfFile(file) || !isConfigFolder(folders.at(-1), file)) return null;
  let topmost: Reading | null = null;
  for (let at = folders.length - 1; at >= 0; at--) {
    const owner = ownerIn(folders.slice(at));
    if (!owner || folders.length !== at + owner.depth + 1) continue;
    const isSystem = owner.scope === 'system';
    const isCalledEtc = folders[at - 1] === 'etc';
    topmost = {
      etc: folders.slice(0, at).join('/'),
      sureness: isSystem ? SURE_BY.sign : isCalledEtc ? SURE_BY.name : SURE_BY.folders,
      owned: isSystem ? null : folders.slice(0, at + owner.depth).join('/'),
    };
    if (isCalledEtc) break;
  }
  return topmost;
}

/** Files that lie in an `etc` and nowhere else. */
const MARKERS = new Set(['splunk-launch.conf', 'splunk.version', 'instance.cfg']);

function isMarker(file: string, folders: readonly string[]): boolean {
  return MARKERS.has(file) && folders.at(-1) === 'etc';
}

/** Files of one sort in one folder say the same; null for those that say nothing. */
function sortOf(file: string): string | null {
  if (MARKERS.has(file) || file === 'app.conf') return file;
  return file.endsWith('.conf') ? '.conf' : file.endsWith('.meta') ? '.meta' : null;
}

function isConfigFolder(folder: string | undefined, file: string): boolean {
  if (file.endsWith('.meta')) return folder === 'metadata';
  return file.endsWith('.conf') && (folder === 'default' || folder === 'local');
}

/** The app that a path in no `etc` would be part of. It is sure with an `app.conf` or metadata, as every app has them. */
function appOf(segments: readonly string[]): { path: string; sure: boolean } | null {
  const file = segments.at(-1) ?? '';
  const folders = segments.slice(0, -1);
  if (!isConfigFolder(folders.at(-1), file)) return null;
  const app = folders.slice(0, -1);
  if (isPartOfApp(app.join('/'))) return null;
  return { path: app.join('/'), sure: file === 'app.conf' || file.endsWith('.meta') };
}

function isPartOfApp(folder: string): boolean {
  return folder.split('/').some((segment) => NO_APP_BELOW.has(segment));
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

/** The folder and those above it, from the nearest to the top. */
export function foldersUpFrom(folder: string): string[] {
  return [...ancestorsOf(folder), folder].reverse();
}
