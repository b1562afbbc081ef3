/** What an archive may cost. A limit that is passed refuses the archive by name; nothing is ever cut short. */
export interface ArchiveLimits {
  /** Inflated bytes in all (`ARCHIVE_MAX_BYTES`). */
  readonly maxArchiveBytes: number;
  /** Entries in all: files, directories and skipped ones alike (`ARCHIVE_MAX_ENTRIES`). */
  readonly maxEntries: number;
  /** Inflated bytes for each compressed byte, judged once 10 MiB are inflated (`ARCHIVE_MAX_RATIO`). */
  readonly maxRatio: number;
  /** Bytes of one entry that is read; entries that nobody reads may be larger (`ENTRY_MAX_BYTES`). */
  readonly maxEntryBytes: number;
  /** UTF-8 bytes of a path; an entry with a longer one is skipped. */
  readonly maxPathBytes: number;
  /** Segments of a path, the file name included; an entry that lies deeper is skipped. */
  readonly maxDepth: number;
}
