/** What kind of thing a tar entry is; `unknown` are kinds of other programs, such as sparse files. */
export type TarType =
  | 'file'
  | 'link'
  | 'device'
  | 'directory'
  | 'pax-header'
  | 'pax-global-header'
  | 'long-path'
  | 'long-link-path'
  | 'unknown';

/** One header block of a tar, as far as it matters here. */
export interface TarHeader {
  type: TarType;
  /** The bytes of the name: which encoding they have, no header says. */
  name: Buffer;
  /** Bytes of the content; NaN or negative in a damaged header. */
  size: number;
}

/** The block is no header: its checksum is wrong. */
export class BadTarHeader extends Error {}

/** Sum of an empty header, whose checksum field counts as eight blanks. */
const EMPTY_SUM = 8 * 0x20;
const TYPES: Readonly<Record<string, TarType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'link',
  '3': 'device',
  '4': 'device',
  '6': 'device',
  '5': 'directory',
  x: 'pax-header',
  g: 'pax-global-header',
  L: 'long-path',
  N: 'long-path',
  K: 'long-link-path',
};

/**
 * Reads a header of any of the formats in use: v7, ustar, pax and GNU. Null for a block of zeros.
 *
 * @throws BadTarHeader when the checksum does not match
 */
export function readTarHeader(block: Buffer): TarHeader | null {
  let sum = EMPTY_SUM;
  for (let at = 0; at < 148; at++) sum += block[at] ?? 0;
  for (let at = 156; at < 512; at++) sum += block[at] ?? 0;
  if (sum === EMPTY_SUM) return null;
  if (sum !== numberAt(block, 148, 8)) throw new BadTarHeader();
  const name = nameOf(block);
  const type = TYPES[String.fromCharCode(block[156] ?? 0)] ?? 'unknown';
  // Old tars have no type for folders: their names end with a slash.
  const isFolder = type === 'file' && name[name.length - 1] === 0x2f && block[156] !== 0x37;
  return { type: isFolder ? 'directory' : type, name, size: numberAt(block, 124, 12) };
}

/** The records of an extended header; what follows a damaged one is left out. */
export function readPaxRecords(body: Buffer): Record<string, string> {
  const records: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(0x20, at);
    const length = blank === -1 ? NaN : parseInt(body.toString('latin1', at, blank), 10);
    if (!(length > 0)) break;
    const record = body.toString('utf8', blank + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals === -1) break;
    records[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
}

/** A text that ends at its first NUL. */
export function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** POSIX keeps the first part of a long name in a field of its own. */
function nameOf(block: Buffer): Buffer {
  const name = untilNul(block.subarray(0, 100));
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  // The block is a window that moves on, so the name is copied either way.
  if (!isPosix || block[345] === 0) return Buffer.from(name);
  return Buffer.concat([untilNul(block.subarray(345, 500)), Buffer.from('/'), name]);
}

/** An octal number, or a binary one where its first byte has the high bit. */
function numberAt(block: Buffer, offset: number, length: number): number {
  const first = block[offset] ?? 0;
  if (first & 0x80) {
    let value = 0;
    for (let at = offset + 1; at < offset + length; at++) value = value * 256 + (block[at] ?? 0);
    return first === 0x80 ? value : NaN;
  }
  let value = 0;
  let at = offset;
  const end = offset + length;
  while (at < end && (block[at] === 0x20 || block[at] === 0)) at++;
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  return value;
}
