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

/** Why an entry was left out, and what to do about it: the rest of a sentence that begins with its path. */
export const SKIP_REASONS = {
  link: 'is a link; pack the file that it stands for (tar --dereference --hard-dereference, zip without --symlinks)',
  device: 'is no file; leave it out',
  'unsupported-type': 'is of a kind that is not read, as a sparse file is; pack it again (tar without --sparse)',
  'empty-path': 'has no name; pack it again',
  'absolute-path': 'has an absolute path; pack it from within its folder (tar -C /opt/splunk -czf etc.tgz etc)',
  'parent-path':
    'leads out of the archive by ".."; pack it from within its folder (tar -C /opt/splunk -czf etc.tgz etc)',
  'nul-in-path': 'has a NUL in its path; rename it',
  'control-in-path': 'has a control character in its path; rename it',
  'path-too-long': 'has too long a path; pack it from further down',
  'too-deep': 'lies too deep; pack it from further down',
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

/** Where the content of a file stands in an archive. */
export interface EntrySource {
  readonly path: string;
  /** Which of the entries of that path, from 1. */
  readonly nth: number;
}

/**
 * What a reading from front to end learns too late: the files, by their paths, whose content is not that of the first entry
 * of that path. A path may come again, and a hard link is a second name of what had passed. A second reading that is told
 * gives every file as unpacking would leave it.
 */
export type Repeats = ReadonlyMap<string, EntrySource>;

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
  /** The first hundred entries that were left out; what macOS adds of its own is not told. */
  readonly skipped: readonly SkippedEntry[];
  readonly skippedCount: number;
  /** What a second reading has to be told; null when there is no need of one. */
  readonly repeats: Repeats | null;
}
