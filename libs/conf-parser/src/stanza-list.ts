import type { DiagnosticCode } from './diagnostic.ts';
import { hashName, NameIndex } from './name-index.ts';
import { areTwins } from './name-twins.ts';
import type { Overwritten, Setting, Stanza } from './parsed-conf.ts';

/** Up to so many names, comparing a new one with each beats an index. */
const LINEAR_NAMES = 24;
const NONE: readonly Overwritten[] = Object.freeze([]);
/** Until the stanza is closed. */
const NO_SETTINGS: Setting[] = [];

/** The stanzas of a file while it is read. */
export class StanzaList {
  /** What is odd about the stanza last opened, or the setting last set. */
  finding: DiagnosticCode | null = null;
  readonly #stanzas: Stanza[] = [];
  #names: NameIndex | undefined;
  /** A bit for each hash of a name so far: a name whose bit is missing is new, and most names are. */
  #nameBits = 0;
  #current: Stanza | undefined;
  /** The settings of the current stanza: the scratch array, or its own when it has been closed before. */
  #settings: Setting[];
  #count = 0;
  /** One array that grows once for all stanzas; each gets a copy of just its length. */
  readonly #scratch: Setting[] = [];
  #keys: NameIndex | undefined;
  #keyBits = 0;
  #moreKeyBits = 0;
  /** The indexes of large stanzas, so that opening one again and again stays cheap. */
  #keysOf: Map<Stanza, NameIndex> | undefined;

  constructor() {
    this.#settings = this.#scratch;
  }

  /** Makes the stanza of this name the current one, at a header. */
  open(name: string, line: number, commentLine: number): void {
    this.finding = null;
    this.#closeCurrent();
    const hash = hashName(name);
    const bit = 1 << (hash & 31);
    const known = (this.#nameBits & bit) === 0 ? undefined : this.#findStanza(name, hash);
    if (!known) return this.#add({ name, line, commentLine, headerLines: [line], settings: NO_SETTINGS }, hash);
    if (known.headerLines.length > 0) this.finding = 'duplicate-stanza';
    known.headerLines.push(line);
    this.#current = known;
    this.#settings = known.settings;
    this.#count = known.settings.length;
    this.#keys = this.#keysOf?.get(known);
    this.#keyBits = -1;
    this.#moreKeyBits = -1;
  }

  /** Adds a setting to the current stanza, or overwrites an earlier one of the same key, whose hash is given. */
  set(key: string, hash: number, value: string, line: number, endLine: number): Setting {
    this.finding = null;
    if (!this.#current)
      this.#add(
        { name: 'default', line, commentLine: line, headerLines: [], settings: NO_SETTINGS },
        hashName('default'),
      );
    const bit = 1 << (hash & 31);
    if (((hash & 32) === 0 ? this.#keyBits & bit : this.#moreKeyBits & bit) !== 0) {
      const known = this.#findSetting(key, hash);
      if (known) {
        this.#overwrite(known, value, line, endLine);
        return known;
      }
    } else if ((hash & 32) === 0) this.#keyBits |= bit;
    else this.#moreKeyBits |= bit;
    const setting: Setting = { key, value, line, endLine, overwritten: NONE };
    this.#settings[this.#count++] = setting;
    if (this.#keys) this.#keys.add(key, hash);
    return setting;
  }

  /** All stanzas, in the order of their first appearance. */
  close(): Stanza[] {
    this.#closeCurrent();
    return this.#stanzas;
  }

  #add(stanza: Stanza, hash: number): void {
    this.#stanzas.push(stanza);
    this.#nameBits |= 1 << (hash & 31);
    if (this.#names) this.#names.add(stanza.name, hash);
    this.#keyBits = 0;
    this.#moreKeyBits = 0;
    this.#current = stanza;
    this.#settings = this.#scratch;
    this.#count = 0;
    this.#keys = undefined;
  }

  #closeCurrent(): void {
    if (this.#current && this.#settings === this.#scratch) this.#current.settings = this.#scratch.slice(0, this.#count);
  }

  #findStanza(name: string, hash: number): Stanza | undefined {
    const stanzas = this.#stanzas;
    if (stanzas.length > LINEAR_NAMES) {
      const names = (this.#names ??= new NameIndex(stanzas.map((stanza) => stanza.name)));
      const place = names.find(name, hash);
      if (place === -1 && names.hasTwin) this.#noteStanzaTwin(name);
      return stanzas[place];
    }
    const { length } = name;
    for (let at = 0; at < stanzas.length; at++) {
      const stanza = stanzas[at] as Stanza;
      if (stanza.name.length !== length) continue;
      if (stanza.name === name) {
        this.finding = null;
        return stanza;
      }
      if (areTwins(stanza.name, name)) this.#noteStanzaTwin(name);
    }
    return undefined;
  }

  /** Variants of `[default]` have a finding of their own. */
  #noteStanzaTwin(name: string): void {
    if (name.toLowerCase() !== 'default') this.finding = 'case-only-twin';
  }

  #findSetting(key: string, hash: number): Setting | undefined {
    const settings = this.#settings;
    const count = this.#count;
    if (count > LINEAR_NAMES) return this.#findAmongMany(key, hash);
    const { length } = key;
    for (let at = 0; at < count; at++) {
      const setting = settings[at] as Setting;
      if (setting.key.length !== length) continue;
      if (setting.key === key) {
        this.finding = null;
        return setting;
      }
      if (areTwins(setting.key, key)) this.finding = 'case-only-twin';
    }
    return undefined;
  }

  #findAmongMany(key: string, hash: number): Setting | undefined {
    let keys = this.#keys;
    if (!keys) {
      keys = new NameIndex(this.#settings.slice(0, this.#count).map((setting) => setting.key));
      this.#keys = keys;
      (this.#keysOf ??= new Map()).set(this.#current, keys);
    }
    const place = keys.find(key, hash);
    if (place === -1 && keys.hasTwin) this.finding = 'case-only-twin';
    return place === -1 ? undefined : this.#settings[place];
  }

  #overwrite(setting: Setting, value: string, line: number, endLine: number): void {
    if (setting.value !== value) this.finding = 'duplicate-key';
    const earlier = { value: setting.value, line: setting.line };
    if (setting.overwritten === NONE) setting.overwritten = [earlier];
    else (setting.overwritten as Overwritten[]).push(earlier);
    setting.value = value;
    setting.line = line;
    setting.endLine = endLine;
  }
}
