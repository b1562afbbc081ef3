import { ArchiveFault } from './archive-fault.ts';
import { type ArchiveLimits } from './archive-limits.ts';
import { type ArchiveSource } from './archive-source.ts';
import { tooManyEntries } from './budget.ts';
import { type SourceReader } from './source-reader.ts';

/** Where a zip's central directory lies, by its end record (APPNOTE 4.3.14 to 4.3.16), already checked against the file. */
export interface ZipEnd {
  readonly directoryStart: number;
  readonly directoryBytes: number;
  /** How many entries the archive claims; `exact` is false where only the lower 16 bits of it can be written. */
  readonly entries: number;
  readonly exact: boolean;
  /** Bytes before the zip, such as the program of a self-extractor; every offset in the zip counts from behind them. */
  readonly prefixBytes: number;
}

const endSignature = 0x06054b50;
const zip64LocatorSignature = 0x07064b50;
const zip64EndSignature = 0x06064b50;
const endBytes = 22;
const zip64LocatorBytes = 20;
const zip64EndBytes = 56;
const maxCommentBytes = 0xffff;
/** The smallest record of an entry in the central directory. */
export const minRecordBytes = 46;
/** A directory is read whole; even a million entries with long names stay far below this. */
const maxDirectoryBytes = 512 * 1024 * 1024;

interface ClaimedEnd {
  readonly at: number;
  readonly disks: number;
  readonly entries: number;
  readonly exact: boolean;
  readonly directoryBytes: number;
  readonly directoryOffset: number;
}

/** Finds and checks the end record; null when there is none, so that this is no zip (or one cut short). */
export async function findZipEnd(
  source: ArchiveSource,
  reader: SourceReader,
  limits: ArchiveLimits,
): Promise<ZipEnd | null> {
  const tailStart = Math.max(0, source.bytes - endBytes - maxCommentBytes - zip64LocatorBytes);
  const tail = await reader.readAt(tailStart, source.bytes - tailStart);
  const index = lastEndRecord(tail);
  if (index === null) return null;
  const claimed = (await readZip64End(reader, tail, index, tailStart)) ?? readEnd(tail, index, tailStart);
  return checkEnd(claimed, limits);
}

/** The last end record whose comment fits the file, preferring one that ends exactly with the file. */
function lastEndRecord(tail: Buffer): number | null {
  let loose: number | null = null;
  for (let index = tail.length - endBytes; index >= 0; index--) {
    if (tail[index] !== 0x50 || tail.readUInt32LE(index) !== endSignature) continue;
    const end = index + endBytes + tail.readUInt16LE(index + 20);
    if (end === tail.length) return index;
    if (end < tail.length) loose ??= index;
  }
  return loose;
}

function readEnd(tail: Buffer, index: number, tailStart: number): ClaimedEnd {
  return {
    at: tailStart + index,
    disks: tail.readUInt16LE(index + 4) | tail.readUInt16LE(index + 6),
    entries: tail.readUInt16LE(index + 10),
    exact: false,
    directoryBytes: tail.readUInt32LE(index + 12),
    directoryOffset: tail.readUInt32LE(index + 16),
  };
}

/** The zip64 end record, where there is one: its locator stands directly before the ordinary end record. */
async function readZip64End(
  reader: SourceReader,
  tail: Buffer,
  index: number,
  tailStart: number,
): Promise<ClaimedEnd | null> {
  const locator = index - zip64LocatorBytes;
  if (locator < 0 || tail.readUInt32LE(locator) !== zip64LocatorSignature) return null;
  const locatorAt = tailStart + locator;
  // Bytes before the zip shift the offset the locator claims, so its usual place is looked at as well.
  for (const at of [Number(tail.readBigUInt64LE(locator + 8)), locatorAt - zip64EndBytes]) {
    if (at < 0 || at > locatorAt - zip64EndBytes) continue;
    const record = await reader.readAt(at, zip64EndBytes);
    if (record.readUInt32LE(0) !== zip64EndSignature) continue;
    return {
      at,
      disks: record.readUInt32LE(16) | record.readUInt32LE(20),
      entries: Number(record.readBigUInt64LE(32)),
      exact: true,
      directoryBytes: Number(record.readBigUInt64LE(40)),
      directoryOffset: Number(record.readBigUInt64LE(48)),
    };
  }
  throw corrupt('its zip64 end record is missing');
}

function checkEnd(claimed: ClaimedEnd, limits: ArchiveLimits): ZipEnd {
  const { at, disks, entries, exact, directoryBytes, directoryOffset } = claimed;
  if (disks !== 0)
    throw new ArchiveFault(
      'unsupported-format',
      'The file is the last part of a split zip. Pack it again in one piece.',
    );
  if (entries > limits.maxEntries) throw tooManyEntries(limits.maxEntries);
  const prefixBytes = at - directoryBytes - directoryOffset;
  if (!(prefixBytes >= 0)) throw corrupt('its list of entries would lie outside of the file');
  if (entries * minRecordBytes > directoryBytes) throw corrupt('its list of entries is shorter than it claims');
  if (directoryBytes > maxDirectoryBytes)
    throw new ArchiveFault(
      'archive-too-large',
      `The zip's list of entries is larger than ${maxDirectoryBytes} bytes. Split it into several uploads.`,
    );
  return { directoryStart: prefixBytes + directoryOffset, directoryBytes, entries, exact, prefixBytes };
}

function corrupt(what: string): ArchiveFault {
  return new ArchiveFault(
    'corrupt',
    `The zip is damaged: ${what}. Copy it again, or pack it again as .tar.gz or .zip.`,
  );
}
