/** One regular file of an archive. */
export interface ArchiveEntry {
  /** The normalised path: relative, `/` between segments, without `.` and `..`. */
  readonly path: string;
  /** How many bytes the archive says it has; null where only reading tells. */
  readonly bytes: number | null;
  /**
   * The whole content. Must be called before the next entry is pulled; an entry that is not read costs no memory.
   * @throws ArchiveFault when the entry is damaged, encrypted or larger than `maxEntryBytes`.
   */
  read(): Promise<Buffer>;
}

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
