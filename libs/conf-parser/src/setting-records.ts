import type { Overwritten, Setting } from './parsed-conf.ts';

/** Numbers in a record: where the key and the value stand in the text, and the line, negative for the first of several. */
const FIELDS = 5;
const NONE: readonly Overwritten[] = Object.freeze([]);

/** Room for records: files share it, because room of its own would cost a small file more than all else. */
const CHUNK = FIELDS * 2048;
let chunk = new Int32Array(CHUNK);
/** How much of the chunk is taken. */
let taken = 0;

/**
 * The settings of a file in the order of its lines, as places in its text: strings are made of them when somebody asks.
 * Only what does not stand in the text, such as a key with escapes in it, is kept as a setting at once.
 */
export class SettingRecords {
  #data = chunk;
  /** Where its records begin in the chunk. */
  #base = taken;
  /** How many records there are. */
  count = 0;
  readonly #made: Setting[] = [];

  constructor(private readonly text: string) {}

  /**
   * Adds a setting that stands in the text.
   *
   * @param line negative when the value goes on in the next lines
   */
  add(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number, line: number): void {
    const at = this.#nextRecord();
    const data = this.#data;
    data[at] = keyStart;
    data[at + 1] = keyEnd;
    data[at + 2] = valueStart;
    data[at + 3] = valueEnd;
    data[at + 4] = line;
  }

  /** Adds a setting that does not. */
  addMade(setting: Setting): void {
    this.#put(this.#nextRecord(), setting);
  }

  key(record: number): string {
    const at = this.#base + record * FIELDS;
    const keyStart = this.#data[at] as number;
    const keyEnd = this.#data[at + 1] as number;
    return keyStart < 0 ? (this.#made[keyEnd] as Setting).key : this.text.slice(keyStart, keyEnd);
  }

  /** The setting itself, which from now on is kept: what changes it changes the record. */
  keep(record: number): Setting {
    const setting = this.#make(record);
    const at = this.#base + record * FIELDS;
    if ((this.#data[at] as number) >= 0) this.#put(at, setting);
    return setting;
  }

  /** Makes the settings of records in a row. */
  make(first: number, end: number): Setting[] {
    const settings: Setting[] = [];
    for (let record = first; record < end; record++) settings.push(this.#make(record));
    return settings;
  }

  /** Leaves the room that is not needed to others. */
  close(): void {
    taken = this.#base + this.count * FIELDS;
  }

  #make(record: number): Setting {
    const data = this.#data;
    const at = this.#base + record * FIELDS;
    const keyStart = data[at] as number;
    const keyEnd = data[at + 1] as number;
    if (keyStart < 0) return this.#made[keyEnd] as Setting;
    const line = data[at + 4] as number;
    const value = this.text.slice(data[at + 2], data[at + 3]);
    const key = this.text.slice(keyStart, keyEnd);
    if (line > 0) return { key, value, line, endLine: line, overwritten: NONE };
    return { key, value: joinLines(value), line: -line, endLine: lineBreaks(value) - line, overwritten: NONE };
  }

  #put(at: number, setting: Setting): void {
    this.#data[at] = -1;
    this.#data[at + 1] = this.#made.push(setting) - 1;
  }

  /** Goes on in a new chunk. */
  #move(): number {
    const mine = this.#data.subarray(this.#base, this.#base + this.count * FIELDS);
    chunk = new Int32Array(Math.max(CHUNK, mine.length * 2));
    chunk.set(mine);
    taken = 0;
    this.#data = chunk;
    this.#base = 0;
    return this.#nextRecord();
  }

  #nextRecord(): number {
    const at = this.#base + this.count * FIELDS;
    if (at + FIELDS > this.#data.length) return this.#move();
    this.count++;
    return at;
  }
}

/** Makes a setting that is not yet overwritten. */
export function newSetting(key: string, value: string, line: number, endLine: number): Setting {
  return { key, value, line, endLine, overwritten: NONE };
}

/** Gives a setting another value; the one it had is kept as overwritten. */
export function overwrite(setting: Setting, value: string, line: number, endLine: number): void {
  const earlier = { value: setting.value, line: setting.line };
  if (setting.overwritten === NONE) setting.overwritten = [earlier];
  else (setting.overwritten as Overwritten[]).push(earlier);
  setting.value = value;
  setting.line = line;
  setting.endLine = endLine;
}

/** The value of several lines of a text: the backslashes that continue it, and the carriage returns behind them, are gone. */
export function joinLines(text: string): string {
  return text.replace(/\\\r*\n/g, '\n');
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
