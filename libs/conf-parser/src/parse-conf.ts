import { noteCaseTwins } from './case-twins.ts';
import { decodeInto } from './decode-text.ts';
import type { DiagnosticCode } from './diagnostic.ts';
import { FindingList, joinFindings } from './finding-list.ts';
import { findMetaFault, isMetaTooDeep } from './meta-findings.ts';
import type { ParsedConf } from './parsed-conf.ts';
import { StanzaBuilder } from './stanza-builder.ts';
import { isBlank, skipBlanks, trimBlanksEnd } from './white-space.ts';

/** Changes whenever the same bytes give other settings, findings or secrets: parsed files are stored under it. */
export const PARSER_VERSION = 2;

export interface ParseOptions {
  /** `meta` for metadata files, whose empty header names the app. */
  kind?: 'conf' | 'meta';
  /** The conf name, such as `props`; some findings depend on it. */
  conf?: string;
}

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;
const SCALAR_THEN_COMMENT = /^(?:-?\d+(?:\.\d+)?|true|false)[ \t]+#/i;
const MISSPELT_CLASS = /^(?:REPORTS|TRANSFORM|FIELDALIASNEW|EVAl|FIELDLIAS)-/;

/**
 * Reads a conf or meta file as Splunk does; never throws, whatever the bytes. Stanzas of one name are merged, the last
 * value of a key wins, and what was overwritten stays visible.
 */
export function parseConfBytes(bytes: Uint8Array, options: ParseOptions = {}): ParsedConf {
  const findings = new FindingList();
  return new ConfReader(decodeInto(bytes, findings), options).read(findings);
}

/** The same for text that is decoded already; a U+FEFF at its very start is dropped. */
export function parseConf(text: string, options: ParseOptions = {}): ParsedConf {
  return new ConfReader(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, options).read(new FindingList());
}

/** One pass over the text with one cursor. Columns are only computed for findings. */
class ConfReader {
  readonly #text: string;
  readonly #options: ParseOptions;
  readonly #isMeta: boolean;
  readonly #stanzas = new Map<string, StanzaBuilder>();
  readonly #findings = new FindingList();
  #stanza: StanzaBuilder | undefined;
  /** Start, end (without line end) and number of the physical line last read. */
  #start = 0;
  #end = 0;
  #line = 0;
  #next = 0;

  constructor(text: string, options: ParseOptions) {
    this.#text = text;
    this.#options = options;
    this.#isMeta = options.kind === 'meta';
  }

  /** Takes what was found while decoding. */
  read(decoding: FindingList): ParsedConf {
    const text = this.#text;
    while (this.#nextLine()) {
      const first = skipBlanks(text, this.#start, this.#end);
      if (first === this.#end) continue;
      const code = text.charCodeAt(first);
      const continues = text.charCodeAt(this.#end - 1) === BACKSLASH;
      if (code === 0x23 || code === 0x3b) {
        if (continues) this.#note('comment-continuation', this.#line, this.#end - this.#start);
      } else if (continues) this.#continuedLine(first, code);
      else if (code === 0x5b) this.#header(text, first, this.#end, this.#line);
      else this.#setting(first);
    }
    const stanzas = [...this.#stanzas.values()].map((stanza) => stanza.build());
    const twins = new FindingList();
    noteCaseTwins(stanzas, text, twins);
    return { stanzas, diagnostics: joinFindings(decoding, this.#findings, twins) };
  }

  /** Moves to the next physical line: split at LF only, all carriage returns at its end dropped. */
  #nextLine(): boolean {
    const text = this.#text;
    if (this.#next >= text.length) return false;
    this.#start = this.#next;
    this.#line++;
    const lf = text.indexOf('\n', this.#start);
    let end = lf === -1 ? text.length : lf;
    this.#next = end + 1;
    while (end > this.#start && text.charCodeAt(end - 1) === CR) end--;
    this.#end = end;
    return true;
  }

  /** A setting on one physical line. */
  #setting(first: number): void {
    const text = this.#text;
    const end = trimBlanksEnd(text, first, this.#end);
    if (end < this.#end && text.charCodeAt(end - 1) === BACKSLASH)
      this.#note('continuation-trailing-blank', this.#line, end - this.#start + 1);
    const equals = unescapedEquals(text, first, end);
    if (equals === -1) return this.#note('junk-line', this.#line, first - this.#start + 1);
    const value = text.slice(skipBlanks(text, equals + 1, end), end);
    this.#assign(text.slice(first, trimBlanksEnd(text, first, equals)), value, this.#line, first - this.#start + 1);
  }

  /**
   * A logical line of several physical ones. While the last character is a backslash, it is removed and an LF and the
   * next line follow; blanks before the backslash and the indent of the next line stay. Inside, nothing is special.
   */
  #continuedLine(first: number, code: number): void {
    const text = this.#text;
    const { line, column } = { line: this.#line, column: first - this.#start + 1 };
    const firstEnd = this.#end - 1;
    const parts = [text.slice(first, firstEnd)];
    let more = true;
    while (more) {
      parts.push('\n');
      if (!this.#nextLine()) {
        this.#note('continuation-at-eof', this.#line, this.#end - this.#start);
        break;
      }
      more = this.#end > this.#start && text.charCodeAt(this.#end - 1) === BACKSLASH;
      parts.push(text.slice(this.#start, more ? this.#end - 1 : this.#end));
    }
    const logical = parts.join('');
    if (code === 0x5b) return this.#header(logical, 0, logical.length, line);
    const equals = unescapedEquals(logical, 0, logical.length);
    if (equals === -1) return this.#note('junk-line', line, column);
    if (equals > firstEnd - first) return this.#note('eq-on-later-line', line, column);
    const end = trimBlanksEnd(logical, equals + 1, logical.length);
    if (end < logical.length && logical.charCodeAt(end - 1) === BACKSLASH)
      this.#note('continuation-trailing-blank', this.#line, this.#end - this.#start);
    const value = logical.slice(skipBlanks(logical, equals + 1, end), end);
    this.#assign(logical.slice(0, trimBlanksEnd(logical, 0, equals)), value, line, column);
  }

  #assign(rawKey: string, value: string, line: number, column: number): void {
    if (rawKey === '') return this.#note('empty-key', line, column);
    const key = rawKey.includes('\\') ? rawKey.replace(/\\([\\=])/g, '$1') : rawKey;
    const code = key.charCodeAt(0);
    if (code === 0x7c || code === 0x2c || code === 0x22 || code === 0x29)
      this.#note('key-looks-like-search', line, column);
    if (this.#options.conf === 'props' && MISSPELT_CLASS.test(key)) this.#note('unknown-key-class', line, column);
    if (value.includes('#') && SCALAR_THEN_COMMENT.test(value)) this.#note('inline-comment', line, column);
    if (this.#isMeta) {
      const fault = findMetaFault(key, value);
      if (fault) this.#note(fault, line, column);
    }
    const stanza = (this.#stanza ??= this.#stanzaOf('default', line));
    if (stanza.set(key, value, line, this.#line)) this.#note('duplicate-key', line, column);
  }

  /** The name is the text between the first "[" and the last "]" of the logical line, verbatim. */
  #header(text: string, first: number, end: number, line: number): void {
    const column = text === this.#text ? first - this.#start + 1 : 1;
    // Searched within the line: a search backwards through the text would make unclosed headers quadratic.
    const close = first + text.slice(first, end).lastIndexOf(']');
    if (close < first) return this.#note('header-unclosed', line, column);
    const name = text.slice(first + 1, close);
    if (skipBlanks(text, close + 1, end) < end) this.#note('text-after-header', line, column + close - first + 1);
    if (name === '') {
      if (!this.#isMeta) this.#note('header-empty', line, column);
    } else if (isBlank(name.charCodeAt(0)) || isBlank(name.charCodeAt(name.length - 1)))
      this.#note('header-inner-space', line, column);
    else if (name.length === 7 && name !== 'default' && name.toLowerCase() === 'default')
      this.#note('default-case', line, column);
    if (this.#isMeta && isMetaTooDeep(name)) this.#note('meta-too-deep', line, column);
    this.#stanza = this.#stanzaOf(name, line);
    if (this.#stanza.headerLines.length > 0) this.#note('duplicate-stanza', line, column);
    this.#stanza.headerLines.push(line);
  }

  #stanzaOf(name: string, line: number): StanzaBuilder {
    let stanza = this.#stanzas.get(name);
    if (!stanza) this.#stanzas.set(name, (stanza = new StanzaBuilder(name, line)));
    return stanza;
  }

  #note(code: DiagnosticCode, line: number, column: number): void {
    this.#findings.add(code, line, column);
  }
}

/** Offset of the first "=" that no odd run of backslashes precedes, or -1. */
function unescapedEquals(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x3d) return at;
    // A backslash takes the next character with it, so an even run leaves the "=" alone and an odd run does not.
    if (code === BACKSLASH && text.charCodeAt(at + 1) !== LF) at++;
  }
  return -1;
}
