import { type AccessList, accessListOf, isOnList } from './access-list.ts';
import type { EtcFile, LayerSetting } from './etc-file.ts';
import { metaPathOf } from './meta-path.ts';

/** An attribute of a thing, and the line of metadata that says so. */
export interface MetaValue {
  value: string;
  /** How many levels lie above the stanza that says it: 0 app, 1 category, 2 object, 3 attribute. */
  level: number;
  file: EtcFile;
  line: number;
}

/** A thing that metadata speaks of: nothing of it is the app, then one level after the other. */
export interface MetaObject {
  /** `props`, `savedsearches`, `views`, `lookups`, … */
  category?: string;
  object?: string;
  attribute?: string;
}

/**
 * The metadata of one app (or of a user in an app): `local.meta` over `default.meta`, merged by key. Each attribute of a
 * thing is what the deepest level says that says it.
 */
export class AppMetadata {
  readonly #values = new Map<string, Map<string, MetaValue>>();

  /** @param files the metadata files of the app, in any order */
  constructor(files: readonly EtcFile[]) {
    const localFirst = files.toSorted((a, b) => rankOf(a) - rankOf(b));
    for (const file of localFirst)
      for (const { name, settings } of file.stanzas) {
        const path = metaPathOf(name);
        const key = keyOf(path);
        let values = this.#values.get(key);
        if (!values) this.#values.set(key, (values = new Map<string, MetaValue>()));
        for (const setting of settings)
          if (!values.has(setting.key)) values.set(setting.key, valueOf(setting, path.length, file));
      }
  }

  /** What holds for an attribute such as `owner` or `export`; null when no level says anything. */
  lookUp(name: string, thing: MetaObject): MetaValue | null {
    const path = pathOf(thing);
    for (let level = path.length; level >= 0; level--) {
      const value = this.#values.get(keyOf(path.slice(0, level)))?.get(name);
      if (value) return value;
    }
    return null;
  }

  /** Whether other apps see it. Nothing is exported unless a level says `export = system`. */
  isExported(thing: MetaObject): boolean {
    return this.lookUp('export', thing)?.value === 'system';
  }

  /** Whose it is; `nobody` unless somebody is named. */
  ownerOf(thing: MetaObject): string {
    return this.lookUp('owner', thing)?.value ?? 'nobody';
  }

  /** The access list that holds for it; null when no level has one that can be read. */
  accessTo(thing: MetaObject): AccessList | null {
    const access = this.lookUp('access', thing);
    return access && accessListOf(access.value);
  }

  /** Reading something takes the right to read its app, its category and itself. Where no list is, nobody is kept out. */
  mayRead(roles: readonly string[], thing: MetaObject): boolean {
    const path = pathOf(thing);
    return path.every((_, at) => this.#allows('read', roles, path.slice(0, at + 1))) && this.#allows('read', roles, []);
  }

  /** Writing something takes the right to write it, and to read everything above it. */
  mayWrite(roles: readonly string[], thing: MetaObject): boolean {
    const path = pathOf(thing);
    if (!this.#allows('write', roles, path)) return false;
    return path.every((_, at) => this.#allows('read', roles, path.slice(0, at)));
  }

  #allows(
    right: 'read' | 'write',
    roles: readonly string[],
    [category, object, attribute]: readonly string[],
  ): boolean {
    const thing = { ...(category !== undefined && { category }), ...(object !== undefined && { object }) };
    const list = this.accessTo(attribute === undefined ? thing : { ...thing, attribute })?.[right];
    return list == null || isOnList(list, roles);
  }
}

function rankOf({ origin }: EtcFile): number {
  return origin.layer === 'local' ? 0 : 1;
}

const valueOf = ({ value, line }: LayerSetting, level: number, file: EtcFile): MetaValue => ({
  value,
  level,
  file,
  line,
});

/** Levels are joined by a character that no decoded name of a real object holds. */
const keyOf = (path: readonly string[]): string => path.join('\0');

function pathOf({ category, object, attribute }: MetaObject): string[] {
  const path: string[] = [];
  for (const level of [category, object, attribute]) {
    if (level === undefined) break;
    path.push(level);
  }
  return path;
}
