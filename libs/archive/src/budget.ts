import { type ArchiveFormat, type ArchiveReport, type SkippedEntry, type SkipReason } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type ArchiveLimits } from './archive-limits.ts';
import { entryPath, printableName } from './entry-path.ts';
import { PathSet } from './path-set.ts';

/** Below this a high ratio is harmless: a small file of blanks may well shrink a thousandfold. */
const ratioFloorBytes = 10 * 1024 * 1024;
const maxReportedSkips = 100;

/** A path, and the number under which it can be asked for again: who holds a million of them need not keep the texts. */
export interface AdmittedPath {
  readonly number: number;
  readonly path: string;
}

/** Counts what one archive costs, refuses it by the name of the limit it passes, and remembers what was left out. */
export class Budget {
  format: ArchiveFormat = 'single';
  #entries = 0;
  #inflatedBytes = 0;
  #skippedCount = 0;
  readonly #skipped: SkippedEntry[] = [];
  readonly #paths = new PathSet();

  constructor(readonly limits: ArchiveLimits) {}

  /** One more entry of whatever kind. */
  countEntry(): void {
    this.#entries += 1;
    if (this.#entries > this.limits.maxEntries) throw tooManyEntries(this.limits.maxEntries);
  }

  /** `bytes` more were inflated, or are about to be; `compressedBytes` is what all inflated bytes so far came from. */
  countInflated(bytes: number, compressedBytes: number, entry: string | null): void {
    this.#inflatedBytes += bytes;
    const inflated = this.#inflatedBytes;
    const { maxArchiveBytes, maxRatio } = this.limits;
    if (inflated > maxArchiveBytes)
      throw new ArchiveFault(
        'archive-too-large',
        `The archive inflates to more than ${maxArchiveBytes} bytes${at(entry)} (ARCHIVE_MAX_BYTES). ` +
          'Leave out what is not configuration, or split it into several uploads.',
        { entry, limit: 'ARCHIVE_MAX_BYTES' },
      );
    if (inflated > ratioFloorBytes && inflated > maxRatio * compressedBytes)
      throw new ArchiveFault(
        'ratio-exceeded',
        `The archive inflates to more than ${maxRatio} times its size${at(entry)} (ARCHIVE_MAX_RATIO), ` +
          'as decompression bombs do. Leave out files of repeated content.',
        { entry, limit: 'ARCHIVE_MAX_RATIO' },
      );
  }

  /**
   * The path of a file to hand out, normalised, or null when it is to be left out; the reason is then on record. An archive
   * that was read is known by its bytes and by the version of the parser: a change of what is left out needs another one.
   */
  admit(name: string): AdmittedPath | null {
    const result = entryPath(name, this.limits);
    if ('refused' in result) {
      this.skip(name, result.refused);
      return null;
    }
    const number = this.#paths.add(result.path);
    if (number !== null) return { number, path: result.path };
    this.skip(name, 'duplicate');
    return null;
  }

  /** The path of this number. */
  path(number: number): string {
    return this.#paths.at(number);
  }

  skip(name: string, reason: SkipReason): void {
    this.#skippedCount += 1;
    if (this.#skipped.length < maxReportedSkips) this.#skipped.push({ path: printableName(name), reason });
  }

  /** Refuses to read an entry that is, or says it is, larger than one entry may be. */
  checkEntryBytes(bytes: number, entry: string): void {
    const { maxEntryBytes } = this.limits;
    if (bytes > maxEntryBytes)
      throw new ArchiveFault(
        'entry-too-large',
        `The file '${entry}' is larger than ${maxEntryBytes} bytes (ENTRY_MAX_BYTES). Split it or leave it out.`,
        { entry, limit: 'ENTRY_MAX_BYTES' },
      );
  }

  report(): ArchiveReport {
    return {
      format: this.format,
      entries: this.#entries,
      inflatedBytes: this.#inflatedBytes,
      skipped: [...this.#skipped],
      skippedCount: this.#skippedCount,
    };
  }
}

export function tooManyEntries(maxEntries: number): ArchiveFault {
  return new ArchiveFault(
    'too-many-entries',
    `The archive has more than ${maxEntries} entries (ARCHIVE_MAX_ENTRIES). Split it into several uploads.`,
    { limit: 'ARCHIVE_MAX_ENTRIES' },
  );
}

function at(entry: string | null): string {
  return entry === null ? '' : ` at '${entry}'`;
}
