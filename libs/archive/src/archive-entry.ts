/** What an archive says of one of its regular files ahead of the content. */
export interface EntryHead {
  /** The normalised path: relative, `/` between segments, without `.` and `..`. */
  readonly path: string;
  /** How many bytes the archive says it has; null where only reading tells. */
  readonly bytes: number | null;
}

/** What a reader wants with an entry: all that it has to know of it later, and whether the content is to be read. */
export interface Choice {
  /** An entry that is not read costs no memory. */
  readonly reads: boolean;
}

/** Asked for each regular file, in the order of the archive, before it is read; null passes it by. */
export type Choose<C extends Choice> = (head: EntryHead) => C | null;

/** A file that was chosen. */
export interface ChosenEntry<C extends Choice> {
  readonly choice: C;
  /** All of it; null when it was not to be read. It may be a view of much more, so who keeps it copies it. */
  readonly content: Buffer | null;
}

/** Files that were chosen, several at a time: to wait for each of a million costs more than to read it. */
export type Entries<C extends Choice> = AsyncGenerator<readonly ChosenEntry<C>[], void, undefined>;

/** Why an entry was left out. A `duplicate` repeats the path of an earlier entry, which is the one that was kept. */
export type SkipReason =
  | 'link'
  | 'device'
  | 'unsupported-type'
  | 'empty-path'
  | 'absolute-path'
  | 'parent-path'
  | 'nul-in-path'
  | 'control-in-path'
  | 'path-too-long'
  | 'too-deep'
  | 'junk'
  | 'duplicate';

/** An entry that was left out; `path` is as the archive wrote it, made printable and cut to 256 characters. */
export interface SkippedEntry {
  readonly path: string;
  readonly reason: SkipReason;
}

export type ArchiveFormat = 'tar' | 'tar.gz' | 'zip' | 'single' | 'gzip';

/** What reading an archive came to; complete once the iteration has ended. */
export interface ArchiveReport {
  /** `single` until the content has been recognised. */
  readonly format: ArchiveFormat;
  /** Entries of every kind that were met. */
  readonly entries: number;
  /** For tar every byte of the inflated archive, for zip the content of the entries that were read. */
  readonly inflatedBytes: number;
  /** The first hundred entries that were left out. */
  readonly skipped: readonly SkippedEntry[];
  readonly skippedCount: number;
}
