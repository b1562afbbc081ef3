import { OWN_SCHEMES, schemeOf, WINDOWS_SCHEMES } from './input-schemes.ts';
import type { Place } from './place-on-target.ts';
import type { SplunkHome } from './splunk-home.ts';

/** A stanza that others take the settings from that they lack. */
export interface Parent {
  stanza: string;
  /** The only keys that are taken from it; null: all. */
  keys: ReadonlySet<string> | null;
  /** btool does not say where the setting comes from. */
  pathless: boolean;
  by: InheritedBy;
}

/**
 * Who takes a setting from another stanza: merging, as btool shows it; the part of Splunk that uses the stanza; or an event,
 * which takes from all stanzas that are for it.
 */
export type InheritedBy = 'merge' | 'consumer' | 'event';

/** What is special about a conf, as btool shows it. */
export interface ConfRules {
  /** The name that a stanza goes by. */
  nameOf(name: string, place: Place): string;
  /** Whether the stanza is shown, or only handed down to others. */
  isListed(name: string): boolean;
  /** The stanzas that it takes settings from, the nearest first. */
  parentsOf(name: string): readonly Parent[];
}

/** Confs that speak of their own app, so that those of other apps change nothing. */
const PER_APP = new Set(['app', 'passwords']);
/** Confs that Splunk reads from one place of the instance and from no app. */
const ONE_PLACE = new Set(['splunk-launch', 'user-seed', 'migration']);
/** Confs of knowledge objects: they may be private, shared in their app or exported, and exist more than once. */
const KNOWLEDGE = new Set([
  ...['savedsearches', 'macros', 'eventtypes', 'tags', 'transforms', 'props', 'workflow_actions', 'commands'],
  ...['searchbnf', 'datamodels', 'collections', 'times', 'viewstates', 'fvtags', 'lookups', 'views'],
]);

/**
 * How far the settings of a conf reach: through all apps, through the app they stand in, from the one place of the
 * instance that they can stand in, or as far as the metadata of each object says.
 */
export type Reach = 'instance' | 'app' | 'one-place' | 'object';

export function reachOf(conf: string): Reach {
  if (PER_APP.has(conf)) return 'app';
  if (ONE_PLACE.has(conf)) return 'one-place';
  return KNOWLEDGE.has(conf) ? 'object' : 'instance';
}

const FROM_DEFAULT: readonly Parent[] = [parent('default')];
/** All that a modular input takes from `[default]`. */
const OF_MODULAR_INPUT: Parent = { ...parent('default'), keys: new Set(['host', 'index']), pathless: true };

/** @param schemes schemes of modular inputs that apps declare */
export function rulesOf(conf: string, home: SplunkHome, schemes: ReadonlySet<string>): ConfRules {
  if (conf === 'inputs') return inputsRules(home, schemes);
  const takesNothing = conf === 'indexes' ? (name: string) => /^provider(?:-family)?:/.test(name) : () => false;
  return {
    nameOf: (name) => name,
    isListed: () => true,
    parentsOf: (name) => (name === 'default' || takesNothing(name) ? [] : FROM_DEFAULT),
  };
}

/**
 * The stanzas that the part of Splunk which uses this one takes settings from before `[default]`, by what its name begins
 * with, the nearest first.
 */
export function consumerParents(conf: string, name: string): Parent[] {
  return namesBefore(conf, name).map((stanza) => parent(stanza, 'consumer'));
}

function namesBefore(conf: string, name: string): string[] {
  if (conf === 'outputs' || conf === 'inputs') {
    const before = conf === 'inputs' ? schemeOf(name) : /^(tcpout|syslog):/.exec(name)?.[1];
    return before == null ? [] : [before];
  }
  if (conf !== 'serverclass' || !name.startsWith('serverClass:')) return [];
  const app = name.lastIndexOf(':app:');
  return app === -1 ? ['global'] : [name.slice(0, app), 'global'];
}

export function parent(stanza: string, by: InheritedBy = 'merge'): Parent {
  return { stanza, keys: null, pathless: false, by };
}

/**
 * The stanzas, by the names that files write, that have a say in what a stanza comes to: all others may be left out of a
 * tree that is asked for this one alone. Null: any, since names are not what they are written as.
 */
export function stanzasBehind(conf: string, stanza: string): string[] | null {
  return conf === 'inputs' ? null : [stanza, ...namesBefore(conf, stanza), 'default'];
}

function inputsRules(home: SplunkHome, declared: ReadonlySet<string>): ConfRules {
  const schemes = new Set([...declared, ...OWN_SCHEMES, ...(home.isWindows ? WINDOWS_SCHEMES : [])]);
  return {
    nameOf: (name, place) => home.expand(scriptOf(name, place, home)),
    isListed: (name) => name !== 'default' && !schemes.has(name),
    parentsOf(name) {
      if (name === 'default' || schemes.has(name)) return [];
      const scheme = schemeOf(name);
      if (scheme === null || !schemes.has(scheme)) return FROM_DEFAULT;
      return [parent(scheme), OF_MODULAR_INPUT];
    },
  };
}

/** A scripted input names its script from the folder of its app. */
function scriptOf(name: string, { scope, path }: Place, home: SplunkHome): string {
  const relative = /^script:\/\/\.([\\/])bin[\\/]/.exec(name);
  if (!relative || scope === 'single') return name;
  // A script is written with the separators of the system it is meant for; arguments behind it are left alone.
  const [, command = '', rest = ''] = /^([^ ]*)(.*)$/s.exec(name.slice('script://./'.length)) ?? [];
  const script = relative[1] === '\\' ? command.replaceAll('\\', '/') : command;
  const owner = path.split('/').slice(0, -2);
  return `script://${home.join('etc', ...owner, script)}${rest}`;
}
