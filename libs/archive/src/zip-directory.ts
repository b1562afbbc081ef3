import { ArchiveFault } from './archive-fault.ts';
import { type Budget } from './budget.ts';
import { decodeName } from './entry-path.ts';
import { type SourceReader } from './source-reader.ts';
import { type ZipEnd } from './zip-end.ts';
import { type ZipRecord, zipRecords } from './zip-records.ts';

/** A file of a zip: what the central directory says of it, and how far its bytes may reach. */
export interface ZipFile {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Where its local header starts, from the start of the source. */
  readonly start: number;
  /** Where the next entry, or the central directory, starts. */
  readonly limit: number;
}

const localHeaderBytes = 30;
const madeOnUnix = 3;
const unixType = { mask: 0xf000, directory: 0x4000, regular: 0x8000, link: 0xa000 };

/**
 * All entries of a zip in columns, one array a field, so that a million of them cost tens of megabytes. Entries that
 * are left out keep their place: no two entries may share bytes, whether they are wanted or not.
 */
export class ZipDirectory {
  readonly #paths: (string | null)[] = [];
  readonly #flags: number[] = [];
  readonly #methods: number[] = [];
  readonly #crcs: number[] = [];
  readonly #compressedBytes: number[] = [];
  readonly #bytes: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  private constructor(
    private readonly end: ZipEnd,
    private readonly budget: Budget,
  ) {}

  static async read(reader: SourceReader, end: ZipEnd, budget: Budget): Promise<ZipDirectory> {
    const directory = new ZipDirectory(end, budget);
    for await (const records of zipRecords(reader, end)) for (const record of records) directory.#add(record);
    const count = directory.#paths.length;
    // An ordinary end record has 16 bits for the count, and writers without zip64 let it overflow.
    if (end.exact ? count !== end.entries : (count & 0xffff) !== end.entries)
      throw new ArchiveFault(
        'corrupt',
        `The zip is damaged: it has ${count} entries and claims ${end.entries}. Pack it again.`,
      );
    return directory;
  }

  /** The files to hand out, in the order their bytes lie in the archive. */
  *files(): Generator<ZipFile, void, undefined> {
    const order = this.#inOrderOfBytes();
    this.#checkOverlap(order);
    for (let position = 0; position < order.length; position++) {
      const index = order[position] ?? 0;
      const path = this.#paths[index] ?? null;
      if (path === null) continue;
      yield {
        path,
        flags: this.#flags[index] ?? 0,
        method: this.#methods[index] ?? 0,
        crc32: this.#crcs[index] ?? 0,
        compressedBytes: this.#compressedBytes[index] ?? 0,
        bytes: this.#bytes[index] ?? 0,
        start: this.#starts[index] ?? 0,
        limit: this.#starts[order[position + 1] ?? -1] ?? this.end.directoryStart,
      };
    }
  }

  #add(record: ZipRecord): void {
    this.budget.countEntry();
    // unzipper gives an empty string for a name of no bytes.
    const name = decodeName(Buffer.from(record.pathBuffer));
    const start = this.end.prefixBytes + record.offsetToLocalFileHeader;
    const smallestEnd = start + localHeaderBytes + record.fileNameLength + record.compressedSize;
    // A zip64 field that is missing or too large for a number fails this check too.
    if (!Number.isSafeInteger(smallestEnd + record.uncompressedSize) || smallestEnd > this.end.directoryStart)
      throw new ArchiveFault(
        'corrupt',
        `The zip is damaged: the entry '${name}' would lie outside of the file. Copy it again, or pack it again.`,
        { entry: name },
      );
    this.#paths.push(this.#admit(record, name));
    this.#flags.push(record.flags);
    this.#methods.push(record.compressionMethod);
    this.#crcs.push(record.crc32);
    this.#compressedBytes.push(record.compressedSize);
    this.#bytes.push(record.uncompressedSize);
    this.#starts.push(start);
    this.#ends.push(smallestEnd);
  }

  #admit(record: ZipRecord, name: string): string | null {
    if (/[\\/]$/.test(name)) return null;
    const type = record.versionMadeBy >>> 8 === madeOnUnix ? (record.externalFileAttributes >>> 16) & unixType.mask : 0;
    switch (type) {
      case 0:
      case unixType.regular:
        return this.budget.admit(name);
      case unixType.directory:
        return null;
      default:
        this.budget.skip(name, type === unixType.link ? 'link' : 'device');
        return null;
    }
  }

  #inOrderOfBytes(): Uint32Array {
    const starts = this.#starts;
    const order = Uint32Array.from(starts.keys());
    const sorted = starts.every((start, index) => index === 0 || start >= (starts[index - 1] ?? 0));
    return sorted ? order : order.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  }

  /** Entries that share bytes are how a small zip inflates to petabytes without a suspicious ratio anywhere. */
  #checkOverlap(order: Uint32Array): void {
    for (let position = 1; position < order.length; position++) {
      const previous = order[position - 1] ?? 0;
      const index = order[position] ?? 0;
      if ((this.#starts[index] ?? 0) < (this.#ends[previous] ?? 0))
        throw overlappingEntries(this.#paths[index] ?? this.#paths[previous] ?? null);
    }
  }
}

export function overlappingEntries(entry: string | null): ArchiveFault {
  const which = entry === null ? '' : ` ('${entry}' and another)`;
  return new ArchiveFault(
    'overlapping-entries',
    `Entries of the zip share the same bytes${which}, as no packer writes them and decompression bombs do. Pack it again.`,
    { entry },
  );
}
