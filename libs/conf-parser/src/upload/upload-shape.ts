import { sortByBytes } from '../byte-order.ts';
import { type Anchors, findAnchors, foldersUpFrom } from './anchors.ts';
import { nameOfFile } from './file-name.ts';
import { type Origin, type Target, TARGETS } from './origin.ts';
import { alone, inApp, inEtc, nameOf, outside, parentOf, type Placing } from './place-in-upload.ts';

/** What only a look beyond the paths can tell. */
export interface ShapeHints {
  /** Names the app of an upload whose top holds `default/` or `local/` themselves. */
  archiveName?: string;
  /** `[package] id` of `app.conf` files, by their paths. It names an app that came alone. */
  packageIds?: ReadonlyMap<string, string>;
}

/** One instance of Splunk in an upload. */
export interface UploadInstance {
  /** The folder that is its `etc`, or holds its apps or files; `''` is the top of the upload. */
  root: string;
  /** An `etc` of its own, the `etc` of a diag, apps without one, or files that came without any folders. */
  kind: 'etc' | 'diag' | 'apps' | 'files';
  /** Whose configuration it holds. An instance with `clients` is a deployment server, and so on. */
  targets: readonly Target[];
}

/** Files at the top of a diag. */
const DIAG_FILES = new Set(['excluded_filelist.txt', 'systeminfo.txt', 'diag.log', 'composite.xml']);
const ETC_FILES = new Set(['splunk.version', 'instance.cfg']);

/** Whether a path says something about the shape of its upload; the others need not be remembered. */
export function mattersToShape(path: string): boolean {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return nameOfFile(file) !== null || DIAG_FILES.has(file) || ETC_FILES.has(file);
}

/**
 * The shape of an upload, and so whose each of its files is. A path alone does not tell: `a/default/x.conf` is an app at
 * the top of an archive, and nothing at all below some folder of an `etc`. So the shape is made of all paths, in any
 * order, and then asked for each of them.
 */
export class UploadShape {
  readonly #anchors: Anchors;
  /** Names of the apps that lie in no `etc`, by folder. */
  readonly #appNames: ReadonlyMap<string, string>;
  readonly #paths: readonly string[];

  /** The folder last asked for: the files of one mostly follow one another. */
  #folder: string | null = null;
  #placing: Placing = alone;

  /**
   * @param paths those that matter to the shape
   * @param anchors what all of them say together
   */
  constructor(paths: readonly string[], anchors: Anchors, hints: ShapeHints) {
    this.#paths = paths;
    this.#anchors = anchors;
    this.#appNames = appNames(anchors.apps, hints);
  }

  /** @param paths all paths of the upload, normalised: relative, `/` between segments */
  static of(paths: Iterable<string>, hints: ShapeHints = {}): UploadShape {
    const mattering = [...paths].filter(mattersToShape);
    return new UploadShape(mattering, findAnchors(mattering), hints);
  }

  /** Where a file comes from; null for one that is no configuration by its name. */
  originOf(path: string): Origin | null {
    const folder = parentOf(path);
    if (folder !== this.#folder) this.#placing = this.#placingIn(folder);
    this.#folder = folder;
    return this.#placing(path);
  }

  /** Whether an app may be called after the archive: it lies at the top of it. */
  get isNamedByArchive(): boolean {
    return this.#anchors.apps.has('');
  }

  #placingIn(folder: string): Placing {
    for (const anchor of foldersUpFrom(folder)) {
      if (this.#anchors.etcs.has(anchor)) return inEtc(folder, anchor);
      const app = this.#appNames.get(anchor);
      if (app !== undefined) return inApp(folder, anchor, app);
    }
    return this.#anchors.etcs.size + this.#anchors.apps.size === 0 ? alone : outside(folder);
  }

  /**
   * The instances of the upload, by their roots.
   *
   * @param targets what its origins say, where somebody has asked for all of them already
   */
  instances(targets = this.#targets()): UploadInstance[] {
    const diags = new Set(this.#paths.filter((path) => DIAG_FILES.has(nameOf(path))).map(parentOf));
    const instances = [...targets.byRoot].map(([root, found]): UploadInstance => {
      const kind = this.#anchors.etcs.has(root) ? 'etc' : this.#anchors.apps.size > 0 ? 'apps' : 'files';
      const isDiag =
        kind === 'etc' && root !== '' && (diags.has(parentOf(root)) || /(?:^|\/)diag-[^/]*\/[^/]*$/.test(root));
      return { root, kind: isDiag ? 'diag' : kind, targets: TARGETS.filter((target) => found.has(target)) };
    });
    return sortByBytes(instances, ({ root }) => root);
  }

  #targets(): InstanceTargets {
    const targets = new InstanceTargets();
    for (const path of this.#paths) targets.add(this.originOf(path));
    return targets;
  }
}

/** Whose configuration the files of each instance are. */
export class InstanceTargets {
  readonly byRoot = new Map<string, Set<Target>>();

  /** Takes what is said of a file; null for one that is no configuration. */
  add(origin: Origin | null): void {
    if (!origin || origin.kind === 'ignored') return;
    const known = this.byRoot.get(origin.instance);
    if (known) known.add(origin.target);
    else this.byRoot.set(origin.instance, new Set([origin.target]));
  }
}

/** Splunk calls an app by its folder. An app that came alone may have been unpacked under another name. */
function appNames(folders: ReadonlySet<string>, { archiveName = '', packageIds }: ShapeHints): Map<string, string> {
  const names = new Map<string, string>();
  for (const folder of folders) names.set(folder, nameOf(folder) || nameOfArchive(archiveName));
  const [only, ...others] = folders;
  if (only === undefined || others.length > 0) return names;
  const inFolder = (file: string) => packageIds?.get(only === '' ? file : `${only}/${file}`);
  const id = inFolder('local/app.conf') ?? inFolder('default/app.conf');
  return id !== undefined && /^\w[\w.-]{0,99}$/.test(id) ? names.set(only, id) : names;
}

/** The app that an archive is named after: without its ending and without a version, as in `my_app-1.2.3.tgz`. */
export function nameOfArchive(name: string): string {
  const stem = name.replace(/\.(?:tar\.gz|tgz|tar|spl|zip|gz)$/i, '').replace(/[-_]v?\d+(?:[._]\d+)*$/, '');
  return stem === '' ? 'app' : stem;
}
