import type { DiagnosticCode } from './diagnostic.ts';
import { hashCodes, hashName } from './name-hash.ts';
import { NameIndex } from './name-index.ts';
import type { Setting, Stanza } from './parsed-conf.ts';
import { ReadStanza } from './read-stanza.ts';
import { ReopenedStanza } from './reopened-stanza.ts';
import { joinLines, newSetting, overwrite, SettingRecords } from './setting-records.ts';

/** The names of a file's stanzas, and the keys of the stanza last added. Files share them: they are read one at a time. */
const NAMES = new NameIndex();
const KEYS = new NameIndex();

/** The stanzas of a file while it is read. */
export class StanzaList {
  readonly #text: string;
  readonly #codes: Uint8Array;
  readonly #records: SettingRecords;
  readonly #stanzas: ReadStanza[] = [];
  /** The stanza last added. */
  #last: ReadStanza | null = null;
  /** The current stanza, where it is one that is opened again. */
  #reopened: ReopenedStanza | null = null;
  /** All that ever were, so that doing so time after time stays cheap. */
  #allReopened: Map<ReadStanza, ReopenedStanza> | null = null;

  constructor(text: string, codes: Uint8Array) {
    this.#text = text;
    this.#codes = codes;
    this.#records = new SettingRecords(text);
    NAMES.begin();
  }

  /**
   * Makes the stanza of this name the current one, at a header.
   *
   * @param hash that of the name
   * @returns what is odd about it, or null; and so do the others
   */
  open(name: string, hash: number, line: number, commentLine: number): DiagnosticCode | null {
    if (NAMES.addNew(hash)) {
      this.#add(new ReadStanza(name, line, commentLine, true, this.#records));
      return null;
    }
    const stanzas = this.#stanzas;
    const known = stanzas[NAMES.find(name, hash, (place) => (stanzas[place] as ReadStanza).name)];
    if (known) return this.#reopen(known, line);
    NAMES.add(name, hash);
    this.#add(new ReadStanza(name, line, commentLine, true, this.#records));
    // Variants of `[default]` have a finding of their own.
    return NAMES.hasTwin && name.toLowerCase() !== 'default' ? 'case-only-twin' : null;
  }

  /**
   * Adds a setting that stands in the text, or overwrites an earlier one of the same key. A value of several lines stands
   * there with the backslashes that continue it.
   */
  setInText(
    keyStart: number,
    keyEnd: number,
    start: number,
    end: number,
    line: number,
    endLine: number,
  ): DiagnosticCode | null {
    if (this.#last === null) this.#addDefault(line);
    const hash = hashCodes(this.#codes, keyStart, keyEnd);
    if (this.#reopened === null && KEYS.addNew(hash)) {
      this.#records.add(keyStart, keyEnd, start, end, endLine > line ? -line : line);
      return null;
    }
    const value = this.#text.slice(start, end);
    const key = this.#text.slice(keyStart, keyEnd);
    return this.#put(newSetting(key, endLine > line ? joinLines(value) : value, line, endLine), hash);
  }

  /** The same for one that does not stand there as it is. */
  set(key: string, value: string, line: number, endLine: number): DiagnosticCode | null {
    if (this.#last === null) this.#addDefault(line);
    const setting = newSetting(key, value, line, endLine);
    const hash = hashName(key);
    if (this.#reopened !== null || !KEYS.addNew(hash)) return this.#put(setting, hash);
    this.#records.addMade(setting);
    return null;
  }

  /** All stanzas, in the order of their first appearance. */
  close(): Stanza[] {
    this.#last?.end();
    this.#records.close();
    return this.#stanzas;
  }

  #reopen(stanza: ReadStanza, line: number): DiagnosticCode | null {
    const hadHeader = stanza.headerLines.length > 0;
    stanza.headerLines.push(line);
    this.#allReopened ??= new Map<ReadStanza, ReopenedStanza>();
    this.#reopened = this.#allReopened.get(stanza) ?? new ReopenedStanza(stanza.settings);
    this.#allReopened.set(stanza, this.#reopened);
    return hadHeader ? 'duplicate-stanza' : null;
  }

  #addDefault(line: number): void {
    NAMES.addNew(hashName('default'));
    this.#add(new ReadStanza('default', line, line, false, this.#records));
  }

  #add(stanza: ReadStanza): void {
    this.#last?.end();
    this.#last = stanza;
    this.#stanzas.push(stanza);
    this.#reopened = null;
    KEYS.begin();
  }

  /** Gives the value of a setting to the earlier one of its key, or adds it where there is none. */
  #put(setting: Setting, hash: number): DiagnosticCode | null {
    const { key, value, line, endLine } = setting;
    const reopened = this.#reopened;
    const known = reopened === null ? this.#find(key, hash) : reopened.find(key);
    if (known) {
      const isOther = known.value !== value;
      overwrite(known, value, line, endLine);
      return isOther ? 'duplicate-key' : null;
    }
    const hasTwin = reopened === null ? KEYS.hasTwin : reopened.hasTwin(key);
    if (reopened === null) {
      KEYS.add(key, hash);
      this.#records.addMade(setting);
    } else reopened.add(setting);
    return hasTwin ? 'case-only-twin' : null;
  }

  /** The setting of this key in the stanza last added. */
  #find(key: string, hash: number): Setting | undefined {
    const records = this.#records;
    const { first } = this.#last as ReadStanza;
    const place = KEYS.find(key, hash, (at) => records.key(first + at));
    return place === -1 ? undefined : records.keep(first + place);
  }
}
