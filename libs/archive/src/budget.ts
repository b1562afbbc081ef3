import {
  type ArchiveFormat,
  type ArchiveReport,
  type Repeats,
  type SkippedEntry,
  type SkipReason,
} from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type ArchiveLimits } from './archive-limits.ts';
import { entryPath, printableName } from './entry-path.ts';
import { PathSet } from './path-set.ts';
import { RepeatedEntries } from './repeated-entries.ts';

/** Below this a high ratio is harmless: a small file of blanks may well shrink a thousandfold. */
const ratioFloorBytes = 10 * 1024 * 1024;
const maxReportedSkips = 100;

/** A path, and the number under which it can be asked for again: who holds a million of them need not keep the texts. */
export interface AdmittedPath {
  readonly number: number;
  readonly path: string;
  /** An earlier entry had this path. */
  readonly isRepeated: boolean;
}

/** Counts what one archive costs, refuses it by the name of the limit it passes, and remembers what was left out. */
export class Budget {
  format: ArchiveFormat = 'single';
  #entries = 0;
  #inflatedBytes = 0;
  /** What hard links stand for, which takes no bytes of the archive. */
  #linkedBytes = 0;
  #skippedCount = 0;
  readonly #skipped: SkippedEntry[] = [];
  readonly #paths = new PathSet();
  readonly repeats: RepeatedEntries;

  /** @param known what an earlier reading of the same archive has found; null in the first one */
  constructor(
    readonly limits: ArchiveLimits,
    known: Repeats | null = null,
  ) {
    this.repeats = new RepeatedEntries(known, this.#paths);
  }

  /** One more entry of whatever kind. */
  countEntry(): void {
    this.#entries += 1;
    if (this.#entries > this.limits.maxEntries) throw tooManyEntries(this.limits.maxEntries);
  }

  /** `bytes` more were inflated, or are about to be; `compressedBytes` is what all inflated bytes so far came from. */
  countInflated(bytes: number, compressedBytes: number, entry: string | null): void {
    this.#inflatedBytes += bytes;
    const inflated = this.#inflatedBytes;
    const { maxRatio } = this.limits;
    this.#checkArchiveBytes(entry);
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
      if (result.refused !== 'junk') this.skip(name, result.refused);
      return null;
    }
    const { path } = result;
    const { size } = this.#paths;
    const number = this.#paths.add(path);
    return { number, path, isRepeated: number < size };
  }

  /** The path of this number. */
  path(number: number): string {
    return this.#paths.at(number);
  }

  skip(name: string, reason: SkipReason): void {
    this.#skippedCount += 1;
    if (this.#skipped.length < maxReportedSkips) this.#skipped.push({ path: printableName(name), reason });
  }

  /** A hard link stands for so many bytes more. */
  countLinked(bytes: number, entry: string): void {
    this.#linkedBytes += bytes;
    this.#checkArchiveBytes(entry);
  }

  #checkArchiveBytes(entry: string | null): void {
    const { maxArchiveBytes } = this.limits;
    if (this.#inflatedBytes + this.#linkedBytes <= maxArchiveBytes) return;
    throw new ArchiveFault(
      'archive-too-large',
      `The archive inflates to more than ${maxArchiveBytes} bytes${at(entry)} (ARCHIVE_MAX_BYTES). ` +
        'Leave out what is not configuration, or split it into several uploads.',
      { entry, limit: 'ARCHIVE_MAX_BYTES' },
    );
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
      repeats: this.repeats.found,
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
