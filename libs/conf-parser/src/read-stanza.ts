import type { Setting, Stanza } from './parsed-conf.ts';
import type { SettingRecords } from './setting-records.ts';

/**
 * A stanza of a file that was read. Its settings are made when they are first asked for. There are so many of them that
 * `#` fields, which are set twice, would cost a fifth of reading a header.
 */
export class ReadStanza implements Stanza {
  /** The record of its first setting. */
  readonly first: number;
  /** The record behind that of its last one; -1 until the next stanza is added. */
  private behind = -1;
  /** Null for the one line of most. */
  private headers: number[] | null;
  private made: Setting[] | null = null;

  constructor(
    readonly name: string,
    readonly line: number,
    readonly commentLine: number,
    hasHeader: boolean,
    private readonly records: SettingRecords,
  ) {
    this.headers = hasHeader ? null : [];
    this.first = records.count;
  }

  get headerLines(): number[] {
    return (this.headers ??= [this.line]);
  }

  get settings(): Setting[] {
    return (this.made ??= this.records.make(this.first, this.behind === -1 ? this.records.count : this.behind));
  }

  /** The next stanza is added; settings that come later are added to `settings`. */
  end(): void {
    this.behind = this.records.count;
  }

  /** What `JSON.stringify` and whoever copies it sees: a stanza like any other. */
  toJSON(): Stanza {
    const { name, line, commentLine, headerLines, settings } = this;
    return { name, line, commentLine, headerLines, settings };
  }
}
