/** What the first bytes of a file are. `unknown` may still be text, or a zip behind the program that unpacks it. */
export type ContentKind =
  | { readonly kind: 'tar' | 'gzip' | 'zip' | 'split-zip' | 'unknown' }
  /** Something known that is no archive for us; `what` completes "it looks like …". */
  | { readonly kind: 'foreign'; readonly what: string };

/** A tar header is one block of this size, and deciding needs no more. */
export const headBytes = 512;

/** Signatures at the start of formats that people upload by mistake, most of them archives of another kind. */
const foreign: readonly (readonly [signature: string, what: string])[] = [
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  ['BZh', 'a file compressed with bzip2'],
  ['\xfd7zXZ\0', 'a file compressed with xz'],
  ['\x28\xb5\x2f\xfd', 'a file compressed with zstd'],
  ['\x04\x22\x4d\x18', 'a file compressed with lz4'],
  ['\x5d\0\0', 'a file compressed with lzma'],
  ['LZIP', 'a file compressed with lzip'],
  ['\x1f\x9d', 'a file compressed with compress (.Z)'],
  ['MSCF', 'a Windows cabinet'],
  ['!<arch>\n', 'a Debian package or a static library'],
  ['\xed\xab\xee\xdb', 'an RPM package'],
  ['070701', 'a cpio archive'],
  ['070707', 'a cpio archive'],
  ['%PDF', 'a PDF document'],
  ['\x89PNG', 'a PNG image'],
  ['GIF8', 'a GIF image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['SQLite format 3\0', 'an SQLite database'],
  ['\xd0\xcf\x11\xe0', 'an old Microsoft Office document'],
];

/** Recognises content by its first `headBytes` bytes (or by all of it, where it is shorter). */
export function contentKind(head: Buffer): ContentKind {
  if (isTarHeader(head)) return { kind: 'tar' };
  const start = head.toString('latin1', 0, headBytes);
  if (start.startsWith('\x1f\x8b')) return { kind: 'gzip' };
  if (start.startsWith('PK\x07\x08') || start.startsWith('PK00PK')) return { kind: 'split-zip' };
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return { kind: 'zip' };
  for (const [signature, what] of foreign) if (start.startsWith(signature)) return { kind: 'foreign', what };
  if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i.test(start)) return { kind: 'foreign', what: 'an HTML page' };
  return { kind: 'unknown' };
}

/**
 * A tar header has the sum of its own bytes in it (POSIX ustar, and the v7 format before it). A header that carries the
 * ustar mark is taken for one even when the sum is wrong: then it is a damaged tar. A tar of nothing is all zeros.
 */
function isTarHeader(head: Buffer): boolean {
  if (head.length < headBytes) return false;
  if (head.toString('latin1', 257, 262) === 'ustar') return true;
  let sum = 8 * 0x20;
  for (let index = 0; index < headBytes; index++) if (index < 148 || index >= 156) sum += head[index] ?? 0;
  if (sum === 8 * 0x20) return true;
  const written = /^[ \0]*([0-7]{1,7})[ \0]*$/.exec(head.toString('latin1', 148, 156))?.[1];
  return written !== undefined && parseInt(written, 8) === sum;
}

/** Whether bytes may be a configuration file: few control characters, or UTF-16 that says so. */
export function isPlausibleText(head: Buffer): boolean {
  const mark = head.readUIntBE(0, Math.min(2, head.length) || 1);
  if (mark === 0xfffe || mark === 0xfeff) return true;
  let controls = 0;
  for (const byte of head)
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) controls++;
  // A stray control character or NUL does occur in real configuration; random bytes hold one in ten.
  return controls * 20 <= head.length;
}
