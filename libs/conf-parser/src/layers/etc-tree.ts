import { sortByBytes } from '../byte-order.ts';
import type { Origin, Target } from '../upload/origin.ts';
import { AppMetadata } from './app-metadata.ts';
import { type AppRules, appRulesOf } from './app-state.ts';
import type { EtcFile, LayerSetting, SchemeFile } from './etc-file.ts';
import { DEFAULT_PUSH_MODE, type Place, placeOnTarget } from './place-on-target.ts';

/** A conf file and where it lies on the instance that uses it. */
export interface PlacedFile<S extends LayerSetting = LayerSetting> {
  file: EtcFile<S>;
  place: Place;
  /** Its app is disabled, so it counts for nothing. */
  disabled: boolean;
}

/** What an {@link EtcTree} is made of. */
export interface EtcTreeParts<S extends LayerSetting = LayerSetting> {
  /** Conf and meta files, in any order; those of other instances and targets, and ignored ones, are left out. */
  files: Iterable<EtcFile<S>>;
  schemes?: Iterable<SchemeFile>;
  /** Root of the instance, as {@link UploadShape} names it. */
  instance?: string;
  target?: Target;
}

/**
 * The configuration of one instance, or of those it hands it out to, as Splunk finds it on the disk. It may be a part of
 * the whole: to answer for one conf it takes the files of that conf, all `app.conf`, the metadata for a question in the
 * context of an app, and the schemes for `inputs`.
 */
export class EtcTree<S extends LayerSetting = LayerSetting> {
  readonly target: Target;
  readonly #confs = new Map<string, PlacedFile<S>[]>();
  /** The files of a conf that count, by app: what is asked for each app must not cost the files of all. */
  readonly #byApp = new Map<string, Map<string | null, PlacedFile<S>[]>>();
  readonly #metas = new Map<string, EtcFile[]>();
  readonly #rules = new Map<string, AppRules>();
  readonly #metadata = new Map<string, AppMetadata>();
  readonly #schemes: readonly SchemeFile[];
  #enabledSchemes: ReadonlySet<string> | null = null;

  constructor({ files, schemes = [], instance = '', target = 'instance' }: EtcTreeParts<S>) {
    this.target = target;
    const own = (origin: Origin) =>
      origin.instance === instance && origin.target === target && origin.kind !== 'ignored';
    const mine = sortByBytes(
      [...files].filter(({ origin }) => own(origin)),
      ({ origin }) => origin.path,
    );
    for (const [app, appConfs] of groupByApp(mine.filter(isAppConf))) this.#rules.set(app, appRulesOf(appConfs));
    for (const file of mine) this.#add(file);
    this.#schemes = [...schemes].filter(({ origin }) => own(origin));
  }

  /** The conf names there are, in byte order. */
  confs(): string[] {
    return sortByBytes([...this.#confs.keys()], (conf) => conf);
  }

  /** The apps that have any conf or meta file, in byte order. */
  apps(): string[] {
    const apps = new Set<string>();
    for (const files of this.#confs.values())
      for (const { place } of files) if (place.app !== null) apps.add(place.app);
    for (const files of this.#metas.values())
      for (const { origin } of files) if (origin.app !== null) apps.add(origin.app);
    return sortByBytes([...apps], (app) => app);
  }

  /** Whether it holds the bundle of a cluster peer. */
  hasPeerApps(): boolean {
    return [...this.#confs.values()].some((files) => files.some(({ place }) => place.scope === 'peer'));
  }

  /** The files of a conf that count: those of disabled apps do not. */
  filesOf(conf: string): PlacedFile<S>[] {
    return this.allFilesOf(conf).filter(({ disabled }) => !disabled);
  }

  /** The same without the files of other apps. */
  filesFor(conf: string, app: string): PlacedFile<S>[] {
    let byApp = this.#byApp.get(conf);
    if (!byApp) this.#byApp.set(conf, (byApp = Map.groupBy(this.filesOf(conf), ({ place }) => place.app)));
    return [...(byApp.get(null) ?? []), ...(byApp.get(app) ?? [])];
  }

  /** The files of a conf, also those of disabled apps. */
  allFilesOf(conf: string): readonly PlacedFile<S>[] {
    return this.#confs.get(conf) ?? [];
  }

  /** Whether the app that a file belongs to is disabled. A user's files in an app go with the app. */
  isDisabled(origin: Origin): boolean {
    if (origin.app === null) return false;
    const scope = origin.scope === 'user' ? 'app' : origin.scope;
    return this.#rules.get(appKey({ ...origin, scope, user: null }))?.disabled ?? false;
  }

  /** The metadata of the app that a file belongs to. */
  metadataOf(origin: Origin): AppMetadata {
    const key = appKey(origin);
    let metadata = this.#metadata.get(key);
    if (!metadata) this.#metadata.set(key, (metadata = new AppMetadata(this.#metas.get(key) ?? [])));
    return metadata;
  }

  /** The schemes that enabled apps declare. */
  schemes(): ReadonlySet<string> {
    if (this.#enabledSchemes) return this.#enabledSchemes;
    const enabled = this.#schemes.filter(({ origin }) => origin.app !== null && !this.isDisabled(origin));
    return (this.#enabledSchemes = new Set(enabled.flatMap(({ schemes }) => schemes)));
  }

  #add(file: EtcFile<S>): void {
    const { origin } = file;
    if (origin.kind === 'meta') {
      pushTo(this.#metas, appKey(origin), file);
      return;
    }
    if (origin.kind !== 'conf') return;
    const pushMode = this.#rules.get(appKey(origin))?.pushMode ?? DEFAULT_PUSH_MODE;
    const place = placeOnTarget(origin, this.target, pushMode);
    if (place) pushTo(this.#confs, origin.conf, { file, place, disabled: this.isDisabled(origin) });
  }
}

function isAppConf({ origin }: EtcFile): boolean {
  return origin.kind === 'conf' && origin.conf === 'app' && origin.app !== null && origin.user === null;
}

/** An app of one name may lie in several folders of an `etc`; each is an app of its own. */
function appKey({ scope, app, user }: Pick<Origin, 'scope' | 'app' | 'user'>): string {
  return `${scope}\0${app}\0${user ?? ''}`;
}

function groupByApp<F extends EtcFile>(files: readonly F[]): Map<string, F[]> {
  const groups = new Map<string, F[]>();
  for (const file of files) pushTo(groups, appKey(file.origin), file);
  return groups;
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
