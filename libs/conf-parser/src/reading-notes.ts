import type { DecodedText } from './decode-text.ts';
import type { DiagnosticCode } from './diagnostic.ts';
import { FindingList } from './finding-list.ts';
import { findHeaderFault, judgesNames, mayHaveFault } from './header-findings.ts';
import { findMetaFault } from './meta-findings.ts';
import { BEYOND_ASCII } from './odd-characters.ts';
import type { ParseOptions } from './parse-conf.ts';
import {
  hasInlineComment,
  hasSmartQuotes,
  isMisspelt,
  isSearchKey,
  mayBeMisspelt,
  oddKey,
} from './setting-findings.ts';

/** Of `access` and `export`, which are all that is checked in a meta file. */
const META_KEY_LENGTH = 6;

/** What is noted about a text while it is read. Offsets are those of the text; columns are computed for findings alone. */
export class ReadingNotes {
  readonly findings = new FindingList();
  /** Whether something may be said of settings, or of the names of stanzas, that nothing is said of in most files. */
  readonly looksClosely: boolean;
  readonly #judgesNames: boolean;
  readonly #text: string;
  readonly #codes: Uint8Array;
  readonly #mayHoldQuotes: boolean;
  readonly #options: ParseOptions;
  readonly #isMeta: boolean;
  readonly #isProps: boolean;

  /** Where a character beyond ASCII stands, and none between the setting last asked for and it. */
  #beyondAscii = -1;
  /** The setting last read in this stanza: where its key stands, and its lines; 0 when there is none. */
  #key = 0;
  #keyEnd = 0;
  #line = 0;
  #endLine = 0;

  constructor({ text, codes, mayHoldQuotes }: DecodedText, options: ParseOptions) {
    this.#text = text;
    this.#codes = codes;
    this.#mayHoldQuotes = mayHoldQuotes;
    this.#options = options;
    this.#isMeta = options.kind === 'meta';
    this.#isProps = options.conf === 'props';
    this.looksClosely = mayHoldQuotes || this.#isMeta || this.#isProps;
    this.#judgesNames = judgesNames(options);
  }

  add(code: DiagnosticCode, line: number, at: number): void {
    this.findings.add(code, line, this.#columnOf(at));
  }

  addIf(code: DiagnosticCode | null, line: number, at: number): void {
    if (code !== null) this.add(code, line, at);
  }

  /** Whether something may be said of a setting, by where it and its key stand; to be asked of one after the other. */
  mayLookAt(key: number, keyEnd: number, end: number): boolean {
    if (this.#isMeta && keyEnd - key === META_KEY_LENGTH) return true;
    if (this.#isProps && mayBeMisspelt(this.#codes, key)) return true;
    return this.#mayHoldQuotes && this.#isBeyondAscii(key, end);
  }

  #isBeyondAscii(start: number, end: number): boolean {
    if (this.#beyondAscii < start) {
      const at = this.#codes.indexOf(BEYOND_ASCII, start);
      this.#beyondAscii = at === -1 ? this.#codes.length : at;
    }
    return this.#beyondAscii < end;
  }

  /** Notes what is odd about a setting. */
  lookAt(key: string, value: string, line: number, at: number): void {
    const first = key.charCodeAt(0);
    if (first < 0x41 || first === 0x7c) this.addIf(oddKey(key), line, at);
    if (this.#isProps && isMisspelt(key)) this.add('unknown-key-class', line, at);
    if (value.includes('#') && hasInlineComment(key, value)) this.add('inline-comment', line, at);
    if (this.#mayHoldQuotes && hasSmartQuotes(key, value)) this.add('smart-quotes', line, at);
    if (this.#isMeta) this.addIf(findMetaFault(key, value), line, at);
  }

  /** Notes what is odd about the name of a stanza that stands here in the text; reading its letters there is cheaper. */
  lookAtNameInText(name: string, start: number, end: number, line: number, at: number): void {
    if (this.#judgesNames || mayHaveFault(this.#codes, start, end)) this.lookAtName(name, line, at);
  }

  /** The same for one that does not stand there as it is. */
  lookAtName(name: string, line: number, at: number): void {
    this.addIf(findHeaderFault(name, this.#options), line, at);
  }

  /** A setting is read, whose key stands here in the text. */
  passSetting(key: number, keyEnd: number, line: number, endLine: number): void {
    this.#key = key;
    this.#keyEnd = keyEnd;
    this.#line = line;
    this.#endLine = endLine;
  }

  /** A header is read. */
  passHeader(): void {
    this.#line = 0;
  }

  /** Notes a line without sense; it may be the rest of the value above, whose last line lost its backslash. */
  addJunk(line: number, at: number): void {
    const end = this.#endLine;
    const isRest = this.#line > 0 && (end > this.#line || isSearchKey(this.#text.slice(this.#key, this.#keyEnd)));
    const remedy = `If it belongs to the value that ends on line ${end}, end line ${end} with a backslash.`;
    this.findings.add('junk-line', line, this.#columnOf(at), isRest ? remedy : undefined);
  }

  /** The column of an offset. */
  #columnOf(at: number): number {
    return at === 0 ? 1 : at - this.#text.lastIndexOf('\n', at - 1);
  }
}
