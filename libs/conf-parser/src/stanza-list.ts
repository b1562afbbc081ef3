import type { DiagnosticCode } from './diagnostic.ts';
import { hashCodes, hashName, NameIndex } from './name-index.ts';
import { areTwins } from './name-twins.ts';
import type { Setting, Stanza } from './parsed-conf.ts';
import { ReadStanza } from './read-stanza.ts';
import { newSetting, overwrite, SettingRecords } from './setting-records.ts';

/** Up to so many names, comparing a new one with each beats an index. */
const LINEAR_NAMES = 24;

/** The stanzas of a file while it is read. */
export class StanzaList {
  /** What is odd about the stanza last opened, or the setting last set. */
  finding: DiagnosticCode | null = null;
  readonly #text: string;
  readonly #codes: Uint8Array;
  readonly #records: SettingRecords;
  readonly #stanzas: ReadStanza[] = [];
  #names: NameIndex | undefined;
  /** A bit for each hash of a name so far: a name whose bit is missing is new, and most names are. */
  #nameBits = 0;
  #current: ReadStanza | undefined;
  /** The settings of a stanza that is opened again: its records do not stand in a row. */
  #reopened: Setting[] | null = null;
  #count = 0;
  #keys: NameIndex | undefined;
  #keyBits = 0;
  #moreKeyBits = 0;
  /** The indexes of large and reopened stanzas, so that opening one again and again stays cheap. */
  #keysOf: Map<ReadStanza, NameIndex> | undefined;

  constructor(text: string, codes: Uint8Array) {
    this.#text = text;
    this.#codes = codes;
    this.#records = new SettingRecords(text);
  }

  /** Makes the stanza of this name the current one, at a header. */
  open(name: string, line: number, commentLine: number): void {
    this.finding = null;
    this.#current?.end(this.#count);
    const hash = hashName(name);
    const bit = 1 << (hash & 31);
    const known = (this.#nameBits & bit) === 0 ? undefined : this.#findStanza(name, hash);
    if (!known) return this.#add(new ReadStanza(name, line, commentLine, [line], this.#records), hash);
    if (known.headerLines.length > 0) this.finding = 'duplicate-stanza';
    known.headerLines.push(line);
    this.#current = known;
    this.#reopened = known.settings;
    this.#keys = this.#keysOf?.get(known);
  }

  /** Adds a setting that stands in the text as it is, or overwrites an earlier one of the same key. */
  setInText(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number, line: number): void {
    this.finding = null;
    if (!this.#current) this.#addDefault(line);
    const hash = hashCodes(this.#codes, keyStart, keyEnd);
    if (this.#reopened !== null || this.#isTaken(hash)) {
      const key = this.#text.slice(keyStart, keyEnd);
      const place = this.#find(key, hash);
      if (place !== -1 || this.#reopened !== null)
        return this.#put(place, newSetting(key, this.#text.slice(valueStart, valueEnd), line, line), hash);
    }
    this.#records.add(keyStart, keyEnd, valueStart, valueEnd, line);
    this.#count++;
    if (this.#keys) this.#keys.add(this.#text.slice(keyStart, keyEnd), hash);
  }

  /** The same for one that does not stand there as it is. */
  set(key: string, value: string, line: number, endLine: number): void {
    this.finding = null;
    if (!this.#current) this.#addDefault(line);
    const hash = hashName(key);
    const place = this.#reopened !== null || this.#isTaken(hash) ? this.#find(key, hash) : -1;
    this.#put(place, newSetting(key, value, line, endLine), hash);
  }

  /** All stanzas, in the order of their first appearance. */
  close(): Stanza[] {
    this.#current?.end(this.#count);
    this.#records.close();
    return this.#stanzas;
  }

  /** Puts a setting at the place of an earlier one, or at the end for the place -1. */
  #put(place: number, setting: Setting, hash: number): void {
    if (place !== -1) {
      const known = this.#reopened?.[place] ?? this.#records.keep((this.#current as ReadStanza).recordAt(place));
      if (known.value !== setting.value) this.finding = 'duplicate-key';
      return overwrite(known, setting.value, setting.line, setting.endLine);
    }
    if (this.#reopened !== null) this.#reopened.push(setting);
    else {
      this.#records.addMade(setting);
      this.#count++;
    }
    if (this.#keys) this.#keys.add(setting.key, hash);
  }

  /** Whether a key with this hash may be there already; from now on one is. */
  #isTaken(hash: number): boolean {
    const bit = 1 << (hash & 31);
    if ((hash & 32) === 0) {
      if ((this.#keyBits & bit) !== 0) return true;
      this.#keyBits |= bit;
    } else {
      if ((this.#moreKeyBits & bit) !== 0) return true;
      this.#moreKeyBits |= bit;
    }
    return false;
  }

  #addDefault(line: number): void {
    this.#add(new ReadStanza('default', line, line, [], this.#records), hashName('default'));
  }

  #add(stanza: ReadStanza, hash: number): void {
    this.#stanzas.push(stanza);
    this.#nameBits |= 1 << (hash & 31);
    if (this.#names) this.#names.add(stanza.name, hash);
    this.#current = stanza;
    this.#reopened = null;
    this.#count = 0;
    this.#keys = undefined;
    this.#keyBits = 0;
    this.#moreKeyBits = 0;
  }

  #findStanza(name: string, hash: number): ReadStanza | undefined {
    const stanzas = this.#stanzas;
    if (stanzas.length > LINEAR_NAMES) {
      const names = (this.#names ??= new NameIndex(stanzas.map((stanza) => stanza.name)));
      const place = names.find(name, hash);
      if (place === -1 && names.hasTwin) this.#noteStanzaTwin(name);
      return stanzas[place];
    }
    for (const stanza of stanzas) {
      if (stanza.name.length !== name.length) continue;
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

  /** The place of a key in the current stanza, or -1. */
  #find(key: string, hash: number): number {
    const records = this.#records;
    const current = this.#current as ReadStanza;
    if (this.#reopened !== null || this.#count > LINEAR_NAMES) return this.#findByIndex(key, hash, current);
    for (let place = 0; place < this.#count; place++) {
      const record = current.recordAt(place);
      if (records.keyLength(record) !== key.length) continue;
      const other = records.key(record);
      if (other === key) {
        this.finding = null;
        return place;
      }
      if (areTwins(other, key)) this.finding = 'case-only-twin';
    }
    return -1;
  }

  #findByIndex(key: string, hash: number, current: ReadStanza): number {
    let keys = this.#keys;
    if (!keys) {
      const known = this.#reopened;
      const names = known
        ? known.map((setting) => setting.key)
        : Array.from({ length: this.#count }, (_, place) => this.#records.key(current.recordAt(place)));
      keys = new NameIndex(names);
      this.#keys = keys;
      (this.#keysOf ??= new Map<ReadStanza, NameIndex>()).set(current, keys);
    }
    const place = keys.find(key, hash);
    if (place === -1 && keys.hasTwin) this.finding = 'case-only-twin';
    return place;
  }
}
