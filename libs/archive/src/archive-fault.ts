/** What can be wrong with an archive. The codes are stable; each is the upload's fault, so trying again cannot help. */
export const ARCHIVE_FAULT_CODES = [
  'not-an-archive',
  'truncated',
  'corrupt',
  'crc-mismatch',
  'size-mismatch',
  'encrypted',
  'unsupported-compression',
  'unsupported-format',
  'header-mismatch',
  'overlapping-entries',
  'too-many-entries',
  'archive-too-large',
  'ratio-exceeded',
  'entry-too-large',
] as const;
export type ArchiveFaultCode = (typeof ARCHIVE_FAULT_CODES)[number];

/**
 * The archive itself is at fault. `message` is written for the person who uploaded it: what is wrong, in which entry,
 * and what to do. Errors of the storage that holds the archive are never turned into one.
 */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault';
  /** The path of the entry at fault (or of the last one before the damage), where one is known. */
  readonly entry: string | null;
  /** The name of the limit that refused the archive, such as `ARCHIVE_MAX_RATIO`. */
  readonly limit: string | null;

  constructor(
    readonly code: ArchiveFaultCode,
    message: string,
    detail: { entry?: string | null; limit?: string; cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.entry = detail.entry ?? null;
    this.limit = detail.limit ?? null;
  }
}
