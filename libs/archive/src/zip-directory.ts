import { ArchiveFault } from './archive-fault.ts';
import { type Budget } from './budget.ts';
import { decodeName } from './entry-path.ts';
import { type SourceReader } from './source-reader.ts';
import { minRecordBytes, type ZipEnd } from './zip-end.ts';
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
  #count = 0;
  /** The number by which the budget knows the path; -1 where the entry is left out. */
  readonly #paths: Int32Array;
  /** Where each path stands, by its number; made when one comes again. */
  #places: Map<number, number> | undefined;
  readonly #flags: Uint16Array;
  readonly #methods: Uint16Array;
  readonly #crcs: Uint32Array;
  readonly #compressedBytes: Float64Array;
  readonly #bytes: Float64Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;

  private constructor(
    private readonly end: ZipEnd,
    private readonly budget: Budget,
  ) {
    // As many as the directory has room for, which was measured against the file and not taken from a claim.
    const capacity = Math.min(budget.limits.maxEntries, Math.floor(end.directoryBytes / minRecordBytes));
    this.#paths = new Int32Array(capacity);
    this.#flags = new Uint16Array(capacity);
    this.#methods = new Uint16Array(capacity);
    this.#crcs = new Uint32Array(capacity);
    this.#compressedBytes = new Float64Array(capacity);
    this.#bytes = new Float64Array(capacity);
    this.#starts = new Float64Array(capacity);
    this.#ends = new Float64Array(capacity);
  }

  static async read(reader: SourceReader, end: ZipEnd, budget: Budget): Promise<ZipDirectory> {
    const directory = new ZipDirectory(end, budget);
    for await (const records of zipRecords(reader, end)) for (const record of records) directory.#add(record);
    const count = directory.#count;
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
      const path = this.#path(index);
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

  #path(index: number): string | null {
    const number = this.#paths[index] ?? -1;
    return number < 0 ? null : this.budget.path(number);
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
    const index = this.#count;
    this.#count += 1;
    this.#paths[index] = this.#admit(record, name) ?? -1;
    this.#flags[index] = record.flags;
    this.#methods[index] = record.compressionMethod;
    this.#crcs[index] = record.crc32;
    this.#compressedBytes[index] = record.compressedSize;
    this.#bytes[index] = record.uncompressedSize;
    this.#starts[index] = start;
    this.#ends[index] = smallestEnd;
  }

  #admit(record: ZipRecord, name: string): number | null {
    if (/[\\/]$/.test(name)) return null;
    const type = record.versionMadeBy >>> 8 === madeOnUnix ? (record.externalFileAttributes >>> 16) & unixType.mask : 0;
    switch (type) {
      case 0:
      case unixType.regular:
        return this.#admitFile(name);
      case unixType.directory:
        return null;
      default:
        this.budget.skip(name, type === unixType.link ? 'link' : 'device');
        return null;
    }
  }

  /** Of several entries of a path the last one stands for it, as unpacking would leave it. */
  #admitFile(name: string): number | null {
    const admitted = this.budget.admit(name);
    if (!admitted) return null;
    const { number, isRepeated } = admitted;
    const index = this.#count - 1;
    if (isRepeated) {
      this.#places ??= new Map(Array.from(this.#paths.subarray(0, index), (known, at) => [known, at]));
      this.#paths[this.#places.get(number) ?? 0] = -1;
    }
    this.#places?.set(number, index);
    return number;
  }

  #inOrderOfBytes(): Uint32Array {
    const starts = this.#starts.subarray(0, this.#count);
    const order = new Uint32Array(starts.length).map((_, index) => index);
    const sorted = starts.every((start, index) => index === 0 || start >= (starts[index - 1] ?? 0));
    return sorted ? order : order.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  }

  /** Entries that share bytes are how a small zip inflates to petabytes without a suspicious ratio anywhere. */
  #checkOverlap(order: Uint32Array): void {
    for (let position = 1; position < order.length; position++) {
      const previous = order[position - 1] ?? 0;
      const index = order[position] ?? 0;
      if ((this.#starts[index] ?? 0) < (this.#ends[previous] ?? 0))
        throw overlappingEntries(this.#path(index) ?? this.#path(previous));
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
