import { crc32, deflateRawSync } from 'node:zlib';
import { type ArchiveFile } from './archive-file.ts';

/** What a header of a zip says of a file. */
export interface ZipHeader {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
}

/** A file of a zip, with what to write wrongly. */
export interface ZipFile extends ArchiveFile {
  readonly stored?: boolean;
  /** Write sizes and checksum behind the data instead of before it. */
  readonly descriptor?: boolean;
  /** Write the sizes and the offset in zip64 fields. */
  readonly zip64?: boolean;
  /** The Unix mode, type bits included: `0o120777` is a symbolic link. */
  readonly unixMode?: number;
  readonly rawName?: Buffer;
  /** The compressed bytes to write as they are. */
  readonly rawData?: Buffer;
  /** What the local header says instead. */
  readonly local?: Partial<ZipHeader>;
  /** What the central directory says instead. */
  readonly central?: Partial<ZipHeader> & { readonly offset?: number };
}

/** How the archive as a whole is written. */
export interface ZipOptions {
  readonly zip64?: boolean;
  readonly prefix?: Buffer;
  readonly comment?: Buffer;
  /** The number of entries to claim in the end record. */
  readonly claimedEntries?: number;
  /** The size of the central directory to claim. */
  readonly claimedDirectoryBytes?: number;
  readonly disk?: number;
}

export const zipFlag = { encrypted: 0x1, descriptor: 0x8, utf8: 0x800 };
const saturated = 0xffffffff;

/** A zip of these files. Offsets count from behind `prefix`, as self-extractors that were only prepended have them. */
export function zipOf(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { header, data } = described(file);
    const local = localEntry(file, { ...header, ...file.local }, data);
    centrals.push(centralRecord(file, { ...header, ...file.central }, file.central?.offset ?? offset));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = endOf(files.length, offset, directory.length, options);
  return Buffer.concat([options.prefix ?? Buffer.alloc(0), ...locals, directory, end]);
}

function described(file: ZipFile): { header: ZipHeader; data: Buffer } {
  const content = Buffer.from(file.content ?? '');
  const data = file.rawData ?? (file.stored === true ? content : deflateRawSync(content));
  const header = {
    name: file.rawName ?? Buffer.from(file.path),
    flags: (file.rawName === undefined ? zipFlag.utf8 : 0) | (file.descriptor === true ? zipFlag.descriptor : 0),
    method: file.stored === true ? 0 : 8,
    crc32: crc32(content),
    compressedBytes: data.length,
    bytes: content.length,
  };
  return { header, data };
}

/** Local header, data, and the descriptor where there is one (APPNOTE 4.3.7 to 4.3.9). */
function localEntry(file: ZipFile, header: ZipHeader, data: Buffer): Buffer {
  const late = file.descriptor === true;
  const extra = file.zip64 === true && !late ? zip64Field([header.bytes, header.compressedBytes]) : Buffer.alloc(0);
  const sizes = {
    compressed: extra.length > 0 ? saturated : header.compressedBytes,
    plain: extra.length > 0 ? saturated : header.bytes,
  };
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(0x04034b50, 0);
  fixed.writeUInt16LE(20, 4);
  fixed.writeUInt16LE(header.flags, 6);
  fixed.writeUInt16LE(header.method, 8);
  fixed.writeUInt32LE(late ? 0 : header.crc32, 14);
  fixed.writeUInt32LE(late ? 0 : sizes.compressed, 18);
  fixed.writeUInt32LE(late ? 0 : sizes.plain, 22);
  fixed.writeUInt16LE(header.name.length, 26);
  fixed.writeUInt16LE(extra.length, 28);
  return Buffer.concat([fixed, header.name, extra, data, late ? descriptor(header) : Buffer.alloc(0)]);
}

function descriptor(header: ZipHeader): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(header.crc32, 4);
  bytes.writeUInt32LE(header.compressedBytes, 8);
  bytes.writeUInt32LE(header.bytes, 12);
  return bytes;
}

/** A record of the central directory (APPNOTE 4.3.12). */
function centralRecord(file: ZipFile, header: ZipHeader, offset: number): Buffer {
  const zip64 = file.zip64 === true;
  const extra = zip64 ? zip64Field([header.bytes, header.compressedBytes, offset]) : Buffer.alloc(0);
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE((3 << 8) | 20, 4);
  fixed.writeUInt16LE(zip64 ? 45 : 20, 6);
  fixed.writeUInt16LE(header.flags, 8);
  fixed.writeUInt16LE(header.method, 10);
  fixed.writeUInt32LE(header.crc32, 16);
  fixed.writeUInt32LE(zip64 ? saturated : header.compressedBytes, 20);
  fixed.writeUInt32LE(zip64 ? saturated : header.bytes, 24);
  fixed.writeUInt16LE(header.name.length, 28);
  fixed.writeUInt16LE(extra.length, 30);
  fixed.writeUInt32LE(((file.unixMode ?? 0o100644) << 16) >>> 0, 38);
  fixed.writeUInt32LE(zip64 ? saturated : offset, 42);
  return Buffer.concat([fixed, header.name, extra]);
}

function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, index) => field.writeBigUInt64LE(BigInt(value), 4 + 8 * index));
  return field;
}

/** The end record, behind the zip64 one and its locator where asked for (APPNOTE 4.3.14 to 4.3.16). */
function endOf(files: number, directoryOffset: number, directoryBytes: number, options: ZipOptions): Buffer {
  const entries = options.claimedEntries ?? files;
  const claimedBytes = options.claimedDirectoryBytes ?? directoryBytes;
  const comment = options.comment ?? Buffer.alloc(0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.disk ?? 0, 4);
  const zip64 = options.zip64 === true;
  end.writeUInt16LE(zip64 ? 0xffff : entries, 8);
  end.writeUInt16LE(zip64 ? 0xffff : entries, 10);
  end.writeUInt32LE(zip64 ? saturated : claimedBytes, 12);
  end.writeUInt32LE(zip64 ? saturated : directoryOffset, 16);
  end.writeUInt16LE(comment.length, 20);
  const parts = zip64
    ? [zip64End(entries, directoryOffset, directoryBytes, claimedBytes), end, comment]
    : [end, comment];
  return Buffer.concat(parts);
}

function zip64End(entries: number, directoryOffset: number, directoryBytes: number, claimedBytes: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(claimedBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryOffset), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 64);
  record.writeUInt32LE(1, 72);
  return record;
}
