import type { Setting, Stanza } from './parsed-conf.ts';
import type { SettingRecords } from './setting-records.ts';

/** A stanza of a file that was read. Its settings are made when they are first asked for. */
export class ReadStanza implements Stanza {
  /** The record of its first setting. */
  readonly first: number;
  readonly #records: SettingRecords;
  /** The record behind that of its last one; -1 until the next stanza is added. */
  #end = -1;
  /** Null for the one line of most. */
  #headerLines: number[] | null;
  #settings: Setting[] | null = null;

  constructor(
    readonly name: string,
    readonly line: number,
    readonly commentLine: number,
    hasHeader: boolean,
    records: SettingRecords,
  ) {
    this.#headerLines = hasHeader ? null : [];
    this.#records = records;
    this.first = records.count;
  }

  get headerLines(): number[] {
    return (this.#headerLines ??= [this.line]);
  }

  get settings(): Setting[] {
    return (this.#settings ??= this.#records.make(this.first, this.#end === -1 ? this.#records.count : this.#end));
  }

  /** The next stanza is added; settings that come later are added to `settings`. */
  end(): void {
    this.#end = this.#records.count;
  }

  /** What `JSON.stringify` and whoever copies it sees: a stanza like any other. */
  toJSON(): Stanza {
    const { name, line, commentLine, headerLines, settings } = this;
    return { name, line, commentLine, headerLines, settings };
  }
}
