import type { Setting, Stanza } from './parsed-conf.ts';
import type { SettingRecords } from './setting-records.ts';

/** A stanza of a file that was read. Its settings are made when they are first asked for. */
export class ReadStanza implements Stanza {
  readonly #records: SettingRecords;
  readonly #first: number;
  #count = 0;
  #settings: Setting[] | null = null;

  constructor(
    readonly name: string,
    readonly line: number,
    readonly commentLine: number,
    readonly headerLines: number[],
    records: SettingRecords,
  ) {
    this.#records = records;
    this.#first = records.count;
  }

  get settings(): Setting[] {
    return (this.#settings ??= this.#records.make(this.#first, this.#count));
  }

  /** The record of the setting at a place. */
  recordAt(place: number): number {
    return this.#first + place;
  }

  /** How many settings it has, once the next stanza begins; those that come later are added to `settings`. */
  end(count: number): void {
    this.#count = count;
  }

  /** What `JSON.stringify` and whoever copies it sees: a stanza like any other. */
  toJSON(): Stanza {
    const { name, line, commentLine, headerLines, settings } = this;
    return { name, line, commentLine, headerLines, settings };
  }
}
