import { FindingList } from './finding-list.ts';
import { BEYOND_ASCII, noteInvisibleCharacters, noteNulBytes } from './odd-characters.ts';

/** The text of a conf file. */
export interface DecodedText {
  text: string;
  /**
   * For every UTF-16 unit of the text its code where that is ASCII, else `BEYOND_ASCII`: all that means anything to the format is
   * ASCII, and bytes are read faster than the characters of a string.
   */
  codes: Uint8Array;
  /** Whether it may hold typographic quotes. */
  mayHoldQuotes: boolean;
}

/** Copying fewer bytes than this one by one costs less than a view of them. */
const SHORT_RUN = 48;
/** The highest bit of each of four bytes: none of them is set where all four are ASCII. */
const NOT_ASCII = 0x80808080 | 0;
/** Taken from four bytes, none of which has that bit, it sets one where there is a zero. */
const ONES = 0x01010101;

/** What a decoder puts in the place of bytes that are not UTF-8; a text may hold it by itself. */
const REPLACEMENT = '\ufffd';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** What the bytes from 0x80 on are in Windows-1252. */
const WINDOWS_1252 = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 128 }, (_, i) => 0x80 + i));

/**
 * Turns the bytes of a conf file into text; never throws. One UTF-8 byte order mark at the start is dropped. Bytes that
 * are not UTF-8 are read as Windows-1252, as their authors meant them, and noted. UTF-16 is read to be shown, though
 * Splunk cannot read it. Nothing is normalised.
 */
export function decodeText(bytes: Uint8Array): string {
  return decodeInto(bytes, new FindingList()).text;
}

/** The same, with the findings added to a list. */
export function decodeInto(bytes: Uint8Array, findings: FindingList): DecodedText {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  if (utf16) {
    findings.add('utf16', 1, 1);
    return decoded(new TextDecoder(utf16).decode(bytes));
  }
  const content = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const text = decodeUtf8(content);
  if (text?.length === content.length) return checked({ text, codes: content, mayHoldQuotes: false }, findings);
  if (text !== null) return decodedUtf8(content, text, findings);
  const whole = decoded(decodeMixed(content, findings));
  noteInvisibleCharacters(whole.text, whole.codes, findings);
  return checked(whole, findings);
}

/** The same of text that is there already, and not checked. */
export function decoded(text: string): DecodedText {
  const codes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    codes[at] = code < 0x80 ? code : BEYOND_ASCII;
  }
  return { text, codes, mayHoldQuotes: true };
}

/** Notes what any text may hold. */
function checked(decodedText: DecodedText, findings: FindingList, mayHoldNul = true): DecodedText {
  const { text } = decodedText;
  if (mayHoldNul && text.includes('\0')) noteNulBytes(text, findings);
  // Carriage returns at the very end are a line end like any other.
  const inner = text.includes('\n') ? -1 : text.search(/\r[^\r]/);
  if (inner !== -1) findings.add('cr-only', 1, inner + 1);
  return decodedText;
}

/**
 * From well-formed UTF-8: one unit for each character, two for those of four bytes. What is ASCII is found four bytes at a
 * time and copied in runs, because most texts hold a few other characters at most.
 */
function decodedUtf8(bytes: Uint8Array, text: string, findings: FindingList): DecodedText {
  const codes = new Uint8Array(text.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let mayHoldQuotes = false;
  let mayHoldInvisible = false;
  // Looking for it in a text of wide characters would stop at each of them, since half of their bytes are zero.
  let mayHoldNul = false;
  let to = 0;
  for (let at = 0; at < bytes.length;) {
    const run = at;
    while (at + 4 <= bytes.length) {
      const four = view.getInt32(at, true);
      if (((four | (four - ONES)) & NOT_ASCII) !== 0) break;
      at += 4;
    }
    for (; at < bytes.length && (bytes[at] as number) < 0x80; at++) mayHoldNul ||= bytes[at] === 0;
    if (at - run > SHORT_RUN) {
      codes.set(bytes.subarray(run, at), to);
      to += at - run;
    } else for (let from = run; from < at; from++) codes[to++] = bytes[from] as number;
    for (; at < bytes.length && (bytes[at] as number) >= 0x80; at++) {
      const byte = bytes[at] as number;
      if (byte < 0xc0) continue;
      codes[to++] = BEYOND_ASCII;
      if (byte >= 0xf0) codes[to++] = BEYOND_ASCII;
      if (byte === 0xc2 || byte === 0xe2 || byte === 0xef) {
        const sort = sortOf(byte, bytes[at + 1] as number, bytes[at + 2] as number);
        mayHoldQuotes ||= sort === 'quote';
        mayHoldInvisible ||= sort === 'invisible';
      }
    }
  }
  if (mayHoldInvisible) noteInvisibleCharacters(text, codes, findings);
  return checked({ text, codes, mayHoldQuotes }, findings, mayHoldNul);
}

/** Whether these bytes begin one of the characters that findings are about; U+2018 to U+201F are quotes. */
function sortOf(first: number, second: number, third: number): 'quote' | 'invisible' | null {
  if (first === 0xc2) return second === 0xa0 ? 'invisible' : null;
  if (first === 0xef) return second === 0xbb && third === 0xbf ? 'invisible' : null;
  if (second === 0x81) return third === 0xa0 ? 'invisible' : null;
  if (second !== 0x80) return null;
  return third >= 0x98 && third <= 0x9f ? 'quote' : third >= 0x8b && third <= 0x8d ? 'invisible' : null;
}

/** Null for what is not UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | null {
  const text = utf8.decode(bytes);
  return text.includes(REPLACEMENT) && !isUtf8(bytes) ? null : text;
}

function isUtf8(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length;) {
    const size = sequenceLength(bytes, at);
    if (size === 0) return false;
    at += size;
  }
  return true;
}

/** Line by line: the lines that are UTF-8 as UTF-8, in the others each bad byte as Windows-1252. */
function decodeMixed(bytes: Uint8Array, findings: FindingList): string {
  const lines: string[] = [];
  for (let start = 0; start <= bytes.length;) {
    const lf = bytes.indexOf(0x0a, start);
    const end = lf === -1 ? bytes.length : lf;
    const line = bytes.subarray(start, end);
    const good = decodeUtf8(line);
    if (good === null) {
      const { text, firstBad } = decodeBadLine(line);
      findings.add('invalid-utf8', lines.length + 1, firstBad + 1);
      lines.push(text);
    } else lines.push(good);
    start = end + 1;
  }
  return lines.join('\n');
}

function decodeBadLine(bytes: Uint8Array): { text: string; firstBad: number } {
  const parts: string[] = [];
  let firstBad = -1;
  let length = 0;
  let good = 0;
  const add = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  for (let at = 0; at < bytes.length;) {
    const size = sequenceLength(bytes, at);
    if (size > 0) {
      at += size;
      continue;
    }
    add(utf8.decode(bytes.subarray(good, at)));
    if (firstBad === -1) firstBad = length;
    add(WINDOWS_1252.charAt((bytes[at] as number) - 0x80));
    good = ++at;
  }
  add(utf8.decode(bytes.subarray(good)));
  return { text: parts.join(''), firstBad };
}

/** Bytes of the well-formed UTF-8 sequence at this offset, 0 when there is none (Unicode 16.0, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const follows = (offset: number, low = 0x80, high = 0xbf) => {
    const byte = bytes[at + offset] ?? 0;
    return byte >= low && byte <= high;
  };
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef)
    return follows(1, first === 0xe0 ? 0xa0 : 0x80, first === 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  if (first >= 0xf0 && first <= 0xf4)
    return follows(1, first === 0xf0 ? 0x90 : 0x80, first === 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}
