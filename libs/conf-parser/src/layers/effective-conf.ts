import { sortByBytes } from '../byte-order.ts';
import { consumerParents, type ConfRules, type InheritedBy, parent, type Parent, rulesOf } from './conf-rules.ts';
import type { LayerSetting } from './etc-file.ts';
import type { EtcTree } from './etc-tree.ts';
import { type Context, type Layer, layersOf } from './layer-stack.ts';
import { type Claim, type Merged, MergedStanza, mergeLayers } from './merge-layers.ts';
import { SplunkHome } from './splunk-home.ts';

/** A setting that holds. */
export interface EffectiveSetting<S extends LayerSetting = LayerSetting> {
  key: string;
  winner: Claim<S>;
  /** The stanza that it was taken from, such as `default`; null for one of its own. */
  inheritedFrom: string | null;
  /** Who took it from there; null for one of its own. */
  inheritedBy: InheritedBy | null;
  /** btool does not say which file it comes from. */
  pathless: boolean;
}

/** Why a value does not hold. */
export type BeatenBy =
  /** A later line of the same stanza and file sets the same key. */
  | 'later-line'
  /** A higher layer sets it. */
  | 'higher-layer'
  /** The stanza sets it itself, or takes it from a nearer one, so it does not take it from this one. */
  | 'own-setting'
  /** Another stanza, which comes first for the event, sets it. */
  | 'other-stanza';

/** A value that was beaten. */
export interface BeatenValue<S extends LayerSetting = LayerSetting> {
  value: string;
  line: number;
  /** Whose value it was; of an overwritten value the setting that overwrote it. */
  claim: Claim<S>;
  /** Name of the stanza that it stands in, once that is settled. */
  stanza: string;
  by: BeatenBy;
}

/** How many settings, and how many characters in names, keys and values. */
export interface Size {
  settings: number;
  chars: number;
}

/** A stanza that another one takes settings from. */
interface Handing<S extends LayerSetting> {
  parent: Parent;
  from: MergedStanza<S>;
}

/** A stanza as it holds, with all it takes from others. */
export class EffectiveStanza<S extends LayerSetting = LayerSetting> {
  readonly #parents: readonly Handing<S>[];
  #settingCount: number | null = null;

  private constructor(
    private readonly merged: MergedStanza<S>,
    parents: readonly Handing<S>[],
    /** Whether btool shows it, or it is only there to be taken from. */
    readonly isListed: boolean,
  ) {
    this.#parents = parents;
  }

  /** A stanza of a conf, with those of its parents that the conf has. */
  static in<S extends LayerSetting>(
    all: Merged<S>,
    merged: MergedStanza<S>,
    { parents, isListed }: { parents: readonly Parent[]; isListed: boolean },
  ): EffectiveStanza<S> {
    const handing = parents.flatMap((parent) => {
      const from = all.get(parent.stanza);
      return from ? [{ parent, from }] : [];
    });
    return new EffectiveStanza(merged, handing, isListed);
  }

  /** What an event has of the stanzas that are for it, the first of which wins. It has no name and nothing of its own. */
  static ofEvent<S extends LayerSetting>(stanzas: readonly EffectiveStanza<S>[]): EffectiveStanza<S> {
    const handing = stanzas.map(({ name, merged }) => ({ parent: parent(name, 'event'), from: merged }));
    return new EffectiveStanza(new MergedStanza<S>(''), handing, true);
  }

  get name(): string {
    return this.merged.name;
  }

  /** Names of the stanzas that it takes settings from, the nearest first. */
  get parents(): string[] {
    return this.#parents.map(({ parent }) => parent.stanza);
  }

  /** The files that hold it, the highest first. */
  get headers(): MergedStanza<S>['headers'] {
    return this.merged.headers;
  }

  /** What its own files set, in byte order of the keys. */
  ownSettings(): EffectiveSetting<S>[] {
    return sortByBytes(settingsOf(this.merged.settings, null), ({ key }) => key);
  }

  /** Everything that holds for it, in byte order of the keys. */
  settings(): EffectiveSetting<S>[] {
    if (this.#parents.length === 0) return this.ownSettings();
    const found = settingsOf(this.merged.settings, null);
    const keys = new Set(this.merged.settings.keys());
    for (const { parent, from } of this.#parents)
      for (const setting of settingsOf(from.settings, parent)) {
        if (keys.has(setting.key) || (parent.keys && !parent.keys.has(setting.key))) continue;
        keys.add(setting.key);
        found.push(setting);
      }
    return sortByBytes(found, ({ key }) => key);
  }

  /** How many settings hold for it: the length of {@link settings}, without making them. */
  settingCount(): number {
    return (this.#settingCount ??= this.#countSettings());
  }

  #countSettings(): number {
    let count = this.ownCount();
    const settled = new Set(this.merged.keys());
    for (const [at, { parent, from }] of this.#parents.entries()) {
      const taken = parent.keys && [...parent.keys].filter((key) => from.settings.has(key) && !settled.has(key));
      count += taken ? taken.length : newKeys(from, settled);
      // What the last one hands down settles nothing more: it may be a large [default], under each of many stanzas.
      if (at < this.#parents.length - 1) for (const key of taken ?? from.keys()) settled.add(key);
    }
    return count;
  }

  /** Lets go of what was made to show it, for those who keep it. */
  release(): void {
    this.merged.release();
    for (const { parent, from } of this.#parents) if (parent.by === 'event') from.release();
  }

  /** How many settings its own files make. */
  ownCount(): number {
    return this.merged.size;
  }

  /** Whether a setting of the key holds for it. */
  has(key: string): boolean {
    const isHanded = ({ keys }: Parent) => !keys || keys.has(key);
    return this.hasOwn(key) || this.#parents.some(({ parent, from }) => isHanded(parent) && from.settings.has(key));
  }

  /** Whether its own files set the key. */
  hasOwn(key: string): boolean {
    return this.merged.has(key);
  }

  /** All words on a key, the one that wins first. */
  claimsTo(key: string): Claim<S>[] {
    return this.#sourcesOf(key).flatMap(({ claims = [] }) => claims);
  }

  /** How much its own files set. */
  ownSize(): Size {
    let chars = this.name.length;
    for (const [key, [winner]] of this.merged.settings) chars += key.length + (winner?.setting.value.length ?? 0);
    return { settings: this.merged.settings.size, chars };
  }

  /** Every value of the key that does not hold, the strongest first. Empty when the stanza has no such key. */
  beaten(key: string): BeatenValue<S>[] {
    const sources = this.#sourcesOf(key);
    const nearest = sources.find(({ claims }) => claims);
    const winner = nearest?.claims?.[0];
    const values = sources.flatMap((source) => {
      const { stanza, claims = [], forEvent } = source;
      const isNearest = source === nearest;
      const byNearer: BeatenBy = forEvent ? 'other-stanza' : 'own-setting';
      return claims.flatMap((claim) => {
        const by: BeatenBy = !isNearest ? byNearer : claim.layer === winner?.layer ? 'later-line' : 'higher-layer';
        const { value, line, overwritten = [] } = claim.setting;
        return [
          { value, line, claim, stanza, by },
          ...overwritten.toReversed().map((old) => ({ ...old, claim, stanza, by })),
        ];
      });
    });
    return values.slice(1);
  }

  /** The stanzas that may have a word on the key, the nearest first. */
  #sourcesOf(key: string): { stanza: string; claims: readonly Claim<S>[] | undefined; forEvent: boolean }[] {
    return [
      { stanza: this.name, claims: this.merged.settings.get(key), forEvent: false },
      ...this.#parents
        .filter(({ parent }) => !parent.keys || parent.keys.has(key))
        .map(({ parent, from }) => ({
          stanza: parent.stanza,
          claims: from.settings.get(key),
          forEvent: parent.by === 'event',
        })),
    ];
  }
}

/** How many keys of a stanza are not among these; it goes through the shorter list. */
function newKeys<S extends LayerSetting>(from: MergedStanza<S>, settled: ReadonlySet<string>): number {
  let common = 0;
  if (settled.size < from.size) {
    for (const key of settled) if (from.settings.has(key)) common++;
  } else for (const key of from.keys()) if (settled.has(key)) common++;
  return from.size - common;
}

function settingsOf<S extends LayerSetting>(
  settings: MergedStanza<S>['settings'],
  parent: Parent | null,
): EffectiveSetting<S>[] {
  const inheritedFrom = parent?.stanza ?? null;
  const inheritedBy = parent?.by ?? null;
  const pathless = parent?.pathless ?? false;
  const found: EffectiveSetting<S>[] = [];
  for (const [key, [winner]] of settings) if (winner) found.push({ key, winner, inheritedFrom, inheritedBy, pathless });
  return found;
}

/** What holds of a conf in a context. */
export interface EffectiveConf<S extends LayerSetting = LayerSetting> {
  conf: string;
  home: SplunkHome;
  /** The files that were merged, the highest first. */
  layers: readonly Layer<S>[];
  /** In byte order of the names; also those that btool does not list. */
  stanzas: readonly EffectiveStanza<S>[];
}

export interface EffectiveOptions {
  context?: Context;
  /** `$SPLUNK_HOME`; in names of inputs it decides which are the same. */
  home?: string;
  /**
   * Also what the part of Splunk that uses a stanza takes from others by their names, as `[tcpout:a]` does from `[tcpout]`;
   * btool does not show it.
   */
  inherit?: boolean;
}

/** Merges a conf of a tree: what holds, where each value stands, and what it beats. */
export function effectiveConf<S extends LayerSetting>(
  tree: EtcTree<S>,
  conf: string,
  { context = { kind: 'global' }, home: path, inherit = false }: EffectiveOptions = {},
): EffectiveConf<S> {
  const home = new SplunkHome(path);
  const layers = layersOf(tree, conf, context);
  const rules: ConfRules = rulesOf(conf, home, tree.schemes());
  const merged = mergeLayers(layers, (name, { place }) => rules.nameOf(name, place));
  const stanzas = [...merged.values()].map((stanza) => {
    const { name } = stanza;
    const parents = inherit ? withConsumer(conf, name, rules.parentsOf(name)) : rules.parentsOf(name);
    return EffectiveStanza.in(merged, stanza, { parents, isListed: rules.isListed(name) });
  });
  return { conf, home, layers, stanzas: sortByBytes(stanzas, ({ name }) => name) };
}

function withConsumer(conf: string, name: string, parents: readonly Parent[]): readonly Parent[] {
  const further = consumerParents(conf, name).filter(({ stanza }) => !parents.some((known) => known.stanza === stanza));
  return further.length === 0 ? parents : [...further, ...parents];
}
