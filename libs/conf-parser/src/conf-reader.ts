import type { DecodedText } from './decode-text.ts';
import type { DiagnosticCode } from './diagnostic.ts';
import { type FindingList, joinFindings } from './finding-list.ts';
import { hashCodes, hashName } from './name-hash.ts';
import type { ParseOptions } from './parse-conf.ts';
import type { ParsedConf } from './parsed-conf.ts';
import { ReadingNotes } from './reading-notes.ts';
import { joinLines } from './setting-records.ts';
import { StanzaList } from './stanza-list.ts';
import { isBlank, skipBlanks, trimBlanksEnd } from './white-space.ts';

const LF = 0x0a;
const CR = 0x0d;
const HASH = 0x23;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const LETTERS = 0x41;
const PIPE = 0x7c;

/** One pass over the text with one cursor. */
export class ConfReader {
  readonly #text: string;
  readonly #codes: Uint8Array;
  readonly #notes: ReadingNotes;
  readonly #stanzas: StanzaList;
  readonly #keepsComments: boolean;
  /** Of a continued line the number of its last one, and where the next one starts. */
  #endLine = 0;
  #next = 0;

  constructor(decoded: DecodedText, options: ParseOptions) {
    this.#text = decoded.text;
    this.#codes = decoded.codes;
    this.#notes = new ReadingNotes(decoded, options);
    this.#stanzas = new StanzaList(decoded.text, decoded.codes);
    this.#keepsComments = options.comments ?? false;
  }

  /**
   * Reads all of it; takes what was found while decoding. This loop is the parser's hot one: it is long, because calls
   * would cost a tenth of the time, keeps its cursor in variables and leaves to methods what few lines need.
   */
  read(decoding: FindingList): ParsedConf {
    const text = this.#text;
    const codes = this.#codes;
    const notes = this.#notes;
    const stanzas = this.#stanzas;
    const { looksClosely } = notes;
    const keepsComments = this.#keepsComments;
    const kept: string[] = [];
    const { length } = text;
    // The first of the comment lines just above, or 0.
    let commentLine = 0;
    // A "#" such that none lies between the setting last read and it: few settings are searched for one.
    let hash = -1;
    for (let start = 0, next = 0, line = 1; start < length; start = next, line++) {
      let end = text.indexOf('\n', start);
      if (end === -1) end = length;
      next = end + 1;
      // All carriage returns at the end of a line belong to the line end.
      while (end > start && codes[end - 1] === CR) end--;
      let first = start;
      while (first < end && isBlank(codes[first] as number)) first++;
      if (first === end) {
        commentLine = 0;
        continue;
      }
      const code = codes[first] as number;
      if (code === HASH || code === SEMICOLON) {
        if (codes[end - 1] === BACKSLASH) notes.add('comment-continuation', line, end - 1);
        if (commentLine === 0) commentLine = line;
        if (keepsComments) kept.push(text.slice(first, end));
        continue;
      }
      const comments = commentLine;
      commentLine = 0;
      const firstLine = line;
      let lineEnd = end;
      if (codes[end - 1] === BACKSLASH) {
        lineEnd = end - 1;
        end = this.#endOfContinued(end, next, line);
        line = this.#endLine;
        next = this.#next;
        if (code === OPEN || codes[end - 1] === BACKSLASH) {
          this.#joinedLine(first, lineEnd, end, firstLine, comments);
          continue;
        }
      } else if (code === OPEN) {
        this.#header(first, end, line, comments);
        continue;
      }
      let equals = first;
      let escapes = false;
      for (; equals < lineEnd; equals++) {
        const letter = codes[equals];
        if (letter === EQUALS) break;
        // A backslash takes the next character with it, so an even run leaves the "=" alone and an odd run does not.
        if (letter === BACKSLASH) {
          escapes = true;
          equals++;
        }
      }
      if (equals >= lineEnd) {
        this.#lineWithoutEquals(first, end, firstLine, line);
        continue;
      }
      if (isBlank(codes[end - 1] as number)) end = this.#withoutBlanks(end, line);
      let value = equals + 1;
      while (value < end && isBlank(codes[value] as number)) value++;
      let keyEnd = equals;
      while (keyEnd > first && isBlank(codes[keyEnd - 1] as number)) keyEnd--;
      if (keyEnd === first) {
        notes.add('empty-key', firstLine, first);
        continue;
      }
      notes.passSetting(first, keyEnd, firstLine, line);
      if (hash < first) {
        hash = text.indexOf('#', first);
        if (hash === -1) hash = length;
      }
      // Names begin with letters, and most values hold nothing that anything could be said of.
      const isOdd =
        escapes ||
        code < LETTERS ||
        code === PIPE ||
        hash < end ||
        (looksClosely && notes.mayLookAt(first, keyEnd, end));
      const finding = isOdd
        ? this.#oddSetting(first, keyEnd, value, end, firstLine, line)
        : stanzas.setInText(first, keyEnd, value, end, firstLine, line);
      if (finding !== null) notes.add(finding, firstLine, first);
    }
    const diagnostics = joinFindings(decoding, notes.findings);
    return { stanzas: stanzas.close(), diagnostics, comments: kept };
  }

  /** A setting of which something may be said, or whose key has escapes. */
  #oddSetting(
    first: number,
    keyEnd: number,
    start: number,
    end: number,
    line: number,
    endLine: number,
  ): DiagnosticCode | null {
    const written = this.#text.slice(first, keyEnd);
    const key = unescapeKey(written);
    const inText = this.#text.slice(start, end);
    const value = endLine > line ? joinLines(inText) : inText;
    this.#notes.lookAt(key, value, line, first);
    if (key !== written) return this.#stanzas.set(key, value, line, endLine);
    return this.#stanzas.setInText(first, keyEnd, start, end, line, endLine);
  }

  /** The end of a line without the blanks at its end. */
  #withoutBlanks(lineEnd: number, line: number): number {
    const codes = this.#codes;
    let end = lineEnd;
    while (isBlank(codes[end - 1] as number)) end--;
    if (codes[end - 1] === BACKSLASH) this.#notes.add('continuation-trailing-blank', line, end);
    return end;
  }

  #lineWithoutEquals(first: number, end: number, line: number, endLine: number): void {
    if (endLine === line) this.#withoutBlanks(end, line);
    else if (unescapedEquals(joinLines(this.#text.slice(first, end))) !== -1)
      return this.#notes.add('eq-on-later-line', line, first);
    this.#notes.addJunk(line, first);
  }

  /** The name is the text between the first "[" and the last "]" of the line, verbatim. */
  #header(first: number, end: number, line: number, comments: number): void {
    const codes = this.#codes;
    const notes = this.#notes;
    notes.passHeader();
    let close = end - 1;
    while (close > first && codes[close] !== CLOSE) close--;
    if (close === first) return notes.add('header-unclosed', line, first);
    if (close < end - 1 && skipBlanks(this.#text, close + 1, end) < end)
      notes.add('text-after-header', line, close + 1);
    const name = this.#text.slice(first + 1, close);
    notes.lookAtNameInText(name, first + 1, close, line, first);
    const hash = hashCodes(codes, first + 1, close);
    notes.addIf(this.#stanzas.open(name, hash, line, comments === 0 ? line : comments), line, first);
  }

  /**
   * Goes to the last line of one that is continued: while the last character is a backslash, it is removed and an LF and
   * the next line follow. Blanks before the backslash and the indent of the next line stay, and inside nothing is special.
   *
   * @returns the end of the last line; before it stands a backslash only when no line follows
   */
  #endOfContinued(lineEnd: number, next: number, line: number): number {
    const text = this.#text;
    const codes = this.#codes;
    let end = lineEnd;
    this.#next = next;
    this.#endLine = line;
    while (codes[end - 1] === BACKSLASH && this.#next < text.length) {
      const start = this.#next;
      const lf = text.indexOf('\n', start);
      end = lf === -1 ? text.length : lf;
      this.#next = end + 1;
      this.#endLine++;
      while (end > start && codes[end - 1] === CR) end--;
    }
    return end;
  }

  /** A continued line that does not stand in the text as it is read: a header, or one that the end of the file cuts off. */
  #joinedLine(first: number, lineEnd: number, end: number, line: number, comments: number): void {
    const isCut = this.#codes[end - 1] === BACKSLASH;
    const text = this.#text.slice(first, isCut ? end - 1 : end);
    const joined = isCut ? `${joinLines(text)}\n` : joinLines(text);
    if (isCut) this.#notes.add('continuation-at-eof', this.#endLine, end - 1);
    if (joined.charCodeAt(0) === OPEN) this.#joinedHeader(joined, first, line, comments);
    else this.#joinedSetting(joined, lineEnd - 1 - first, first, line);
  }

  #joinedHeader(joined: string, first: number, line: number, comments: number): void {
    const notes = this.#notes;
    notes.passHeader();
    const close = joined.lastIndexOf(']');
    if (close === -1) return notes.add('header-unclosed', line, first);
    if (skipBlanks(joined, close + 1, joined.length) < joined.length) notes.add('text-after-header', line, first);
    const name = joined.slice(1, close);
    notes.lookAtName(name, line, first);
    notes.addIf(this.#stanzas.open(name, hashName(name), line, comments === 0 ? line : comments), line, first);
  }

  #joinedSetting(joined: string, firstLength: number, first: number, line: number): void {
    const notes = this.#notes;
    const equals = unescapedEquals(joined);
    if (equals === -1) return notes.addJunk(line, first);
    if (equals > firstLength) return notes.add('eq-on-later-line', line, first);
    const end = trimBlanksEnd(joined, equals + 1, joined.length);
    const key = unescapeKey(joined.slice(0, trimBlanksEnd(joined, 0, equals)));
    if (key === '') return notes.add('empty-key', line, first);
    const value = joined.slice(skipBlanks(joined, equals + 1, end), end);
    notes.lookAt(key, value, line, first);
    notes.addIf(this.#stanzas.set(key, value, line, this.#endLine), line, first);
  }
}

function unescapeKey(key: string): string {
  return key.includes('\\') ? key.replace(/\\([\\=])/g, '$1') : key;
}

/** Offset of the first "=" that no odd run of backslashes precedes, or -1. */
function unescapedEquals(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === EQUALS) return at;
    // The backslash that continued a line is gone; one before a line break is a character like any other.
    if (code === BACKSLASH && text.charCodeAt(at + 1) !== LF) at++;
  }
  return -1;
}
