import type { DecodedText } from './decode-text.ts';
import type { DiagnosticCode } from './diagnostic.ts';
import { FindingList, joinFindings } from './finding-list.ts';
import { findHeaderFault } from './header-findings.ts';
import { findMetaFault } from './meta-findings.ts';
import type { ParseOptions } from './parse-conf.ts';
import type { ParsedConf } from './parsed-conf.ts';
import {
  hasInlineComment,
  hasSmartQuotes,
  isSearchKey,
  isMisspelt,
  mayBeMisspelt,
  oddKey,
} from './setting-findings.ts';
import { StanzaList } from './stanza-list.ts';
import { isBlank, skipBlanks, trimBlanksEnd } from './white-space.ts';

const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** One pass over the text with one cursor. Columns are only computed for findings. */
export class ConfReader {
  readonly #text: string;
  readonly #codes: Uint8Array;
  readonly #mayHoldQuotes: boolean;
  readonly #options: ParseOptions;
  readonly #isMeta: boolean;
  readonly #isProps: boolean;
  readonly #findings = new FindingList();
  readonly #stanzas: StanzaList;
  /** First and last line of the setting last read, which a line without sense may have been meant to continue; or 0. */
  #lastLine = 0;
  #lastEnd = 0;
  /** Where its key stands; for a continued one it does not matter. */
  #lastKey = 0;
  #lastKeyEnd = 0;
  /** Number of the physical line last read, and where the next one starts. */
  #line = 0;
  #next = 0;
  /** Offset of the next "#" at or after the setting last read: most settings need not be searched for one. */
  #nextHash = -1;

  constructor({ text, codes, mayHoldQuotes }: DecodedText, options: ParseOptions) {
    this.#text = text;
    this.#codes = codes;
    this.#mayHoldQuotes = mayHoldQuotes;
    this.#options = options;
    this.#stanzas = new StanzaList(text, codes);
    this.#isMeta = options.kind === 'meta';
    this.#isProps = options.conf === 'props';
  }

  /**
   * Reads all of it; takes what was found while decoding. This loop is the parser's hot one, so it keeps its cursor in
   * variables and leaves to methods what few lines need.
   */
  read(decoding: FindingList): ParsedConf {
    const text = this.#text;
    const codes = this.#codes;
    const { length } = text;
    let line = 0;
    // The first of the comment lines just above, or 0.
    let commentLine = 0;
    for (let start = 0; start < length;) {
      line++;
      let end = text.indexOf('\n', start);
      if (end === -1) end = length;
      let next = end + 1;
      // All carriage returns at the end of a line belong to the line end.
      while (end > start && codes[end - 1] === CR) end--;
      let first = start;
      while (first < end && isBlank(codes[first] as number)) first++;
      if (first === end) {
        commentLine = 0;
        start = next;
        continue;
      }
      const code = codes[first];
      if (code === 0x23 || code === 0x3b) {
        if (codes[end - 1] === BACKSLASH) this.#note('comment-continuation', line, end - start);
        if (commentLine === 0) commentLine = line;
        start = next;
        continue;
      }
      this.#line = line;
      this.#next = next;
      if (codes[end - 1] === BACKSLASH) {
        this.#continuedLine(start, first, end, commentLine);
        line = this.#line;
        next = this.#next;
      } else if (code === OPEN) this.#header(text, first, end, line, first - start + 1, commentLine);
      else this.#setting(start, first, end);
      commentLine = 0;
      start = next;
    }
    return { stanzas: this.#stanzas.close(), diagnostics: joinFindings(decoding, this.#findings) };
  }

  /** A setting on one physical line. */
  #setting(start: number, first: number, lineEnd: number): void {
    const text = this.#text;
    const codes = this.#codes;
    let equals = first;
    let escapes = false;
    for (; equals < lineEnd; equals++) {
      const code = codes[equals];
      if (code === EQUALS) break;
      // A backslash takes the next character with it, so an even run leaves the "=" alone and an odd run does not.
      if (code === BACKSLASH) {
        escapes = true;
        equals++;
      }
    }
    const column = first - start + 1;
    let end = lineEnd;
    if (isBlank(codes[end - 1] as number)) {
      while (isBlank(codes[end - 1] as number)) end--;
      if (codes[end - 1] === BACKSLASH) this.#note('continuation-trailing-blank', this.#line, end - start + 1);
    }
    if (equals >= lineEnd) return this.#junk(this.#line, column);
    let value = equals + 1;
    while (value < end && isBlank(codes[value] as number)) value++;
    let keyEnd = equals;
    while (keyEnd > first && isBlank(codes[keyEnd - 1] as number)) keyEnd--;
    if (keyEnd === first) return this.#note('empty-key', this.#line, column);
    this.#lastLine = this.#lastEnd = this.#line;
    this.#lastKey = first;
    this.#lastKeyEnd = keyEnd;
    if (this.#nextHash < first) {
      const hash = text.indexOf('#', first);
      this.#nextHash = hash === -1 ? text.length : hash;
    }
    const code = codes[first] as number;
    // Names begin with letters, and most values hold nothing that anything could be said of.
    if (escapes || code < 0x41 || code === 0x7c || this.#nextHash < end || this.#looksAtAll(first)) {
      const key = text.slice(first, keyEnd);
      return this.#assign(escapes ? unescapeKey(key) : key, text.slice(value, end), this.#line, column);
    }
    this.#stanzas.setInText(first, keyEnd, value, end, this.#line);
    if (this.#stanzas.finding !== null) this.#note(this.#stanzas.finding, this.#line, column);
  }

  /**
   * A logical line of several physical ones. While the last character is a backslash, it is removed and an LF and the
   * next line follow; blanks before the backslash and the indent of the next line stay. Inside, nothing is special.
   */
  #continuedLine(lineStart: number, first: number, lineEnd: number, commentLine: number): void {
    const text = this.#text;
    const line = this.#line;
    const column = first - lineStart + 1;
    const parts = [text.slice(first, lineEnd - 1)];
    const firstLength = lineEnd - 1 - first;
    let start = lineStart;
    let end = lineEnd;
    for (let more = true; more;) {
      if (this.#next >= text.length) {
        parts.push('');
        this.#note('continuation-at-eof', this.#line, end - start);
        break;
      }
      start = this.#next;
      const lf = text.indexOf('\n', start);
      end = lf === -1 ? text.length : lf;
      this.#next = end + 1;
      this.#line++;
      while (end > start && text.charCodeAt(end - 1) === CR) end--;
      more = end > start && text.charCodeAt(end - 1) === BACKSLASH;
      parts.push(text.slice(start, more ? end - 1 : end));
    }
    const logical = parts.join('\n');
    if (logical.charCodeAt(0) === OPEN) return this.#header(logical, 0, logical.length, line, column, commentLine);
    const equals = unescapedEquals(logical);
    if (equals === -1) return this.#junk(line, column);
    if (equals > firstLength) return this.#note('eq-on-later-line', line, column);
    const valueEnd = trimBlanksEnd(logical, equals + 1, logical.length);
    if (valueEnd < logical.length && logical.charCodeAt(valueEnd - 1) === BACKSLASH)
      this.#note('continuation-trailing-blank', this.#line, end - start);
    const key = unescapeKey(logical.slice(0, trimBlanksEnd(logical, 0, equals)));
    const value = logical.slice(skipBlanks(logical, equals + 1, valueEnd), valueEnd);
    this.#lastKey = this.#lastKeyEnd = 0;
    this.#assign(key, value, line, column);
  }

  /** Whether findings depend on the key or the value of every setting, or on this key. */
  #looksAtAll(key: number): boolean {
    return this.#isMeta || this.#mayHoldQuotes || (this.#isProps && mayBeMisspelt(this.#codes, key));
  }

  #assign(key: string, value: string, line: number, column: number): void {
    if (key === '') return this.#note('empty-key', line, column);
    this.#lastLine = line;
    this.#lastEnd = this.#line;
    const first = key.charCodeAt(0);
    if (first < 0x41 || first === 0x7c) this.#noteIf(oddKey(key), line, column);
    if (this.#isProps && isMisspelt(key)) this.#note('unknown-key-class', line, column);
    if (value.includes('#') && hasInlineComment(key, value)) this.#note('inline-comment', line, column);
    if (this.#mayHoldQuotes && hasSmartQuotes(key, value)) this.#note('smart-quotes', line, column);
    if (this.#isMeta) this.#noteIf(findMetaFault(key, value), line, column);
    this.#stanzas.set(key, value, line, this.#line);
    if (this.#stanzas.finding !== null) this.#note(this.#stanzas.finding, line, column);
  }

  /**
   * The name is the text between the first "[" and the last "]" of the logical line, verbatim. The line lies in
   * [first, end) of the text, which is the file, or a line that was continued.
   */
  #header(text: string, first: number, end: number, line: number, column: number, commentLine: number): void {
    this.#lastLine = 0;
    let close = end - 1;
    while (close > first && text.charCodeAt(close) !== CLOSE) close--;
    if (close === first) return this.#note('header-unclosed', line, column);
    if (close < end - 1 && skipBlanks(text, close + 1, end) < end)
      // In a header of several lines the text may stand on a later one, where this column would mean nothing.
      this.#note('text-after-header', line, this.#line === line ? column + close - first + 1 : column);
    const name = text.slice(first + 1, close);
    const fault = findHeaderFault(name, this.#options);
    if (fault !== null) this.#note(fault, line, column);
    this.#stanzas.open(name, line, commentLine === 0 ? line : commentLine);
    if (this.#stanzas.finding !== null) this.#note(this.#stanzas.finding, line, column);
  }

  /** A line without sense; it may be the rest of a value whose last line lost its backslash. */
  #junk(line: number, column: number): void {
    const end = this.#lastEnd;
    const isCut =
      this.#lastLine > 0 && (end > this.#lastLine || isSearchKey(this.#text.slice(this.#lastKey, this.#lastKeyEnd)));
    const remedy = isCut
      ? `If it belongs to the value that ends on line ${end}, end line ${end} with a backslash.`
      : undefined;
    this.#findings.add('junk-line', line, column, remedy);
  }

  #noteIf(code: DiagnosticCode | null, line: number, column: number): void {
    if (code !== null) this.#findings.add(code, line, column);
  }

  #note(code: DiagnosticCode, line: number, column: number): void {
    this.#findings.add(code, line, column);
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
