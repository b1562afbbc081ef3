import type { DiagnosticCode } from './diagnostic.ts';
import type { FindingList } from './finding-list.ts';
import { skipBlanks } from './white-space.ts';

const BACKSLASH = 0x5c;
/** What stands in the codes of a text for every UTF-16 unit beyond ASCII. */
export const BEYOND_ASCII = 0x80;

/** Notes NUL bytes, the one odd character that plain ASCII has; the first on each line. */
export function noteNulBytes(text: string, findings: FindingList): void {
  const lines = new LineCursor(text);
  for (let at = text.indexOf('\0'); at !== -1; at = text.indexOf('\0', lines.endAfter(at))) {
    lines.moveTo(at);
    findings.add('nul-byte', lines.line, at - lines.start + 1);
  }
}

/**
 * Notes characters that nobody sees and that Splunk takes for letters, the first of each sort on each line. In comments
 * no-break spaces do no harm.
 */
export function noteInvisibleCharacters(text: string, codes: Uint8Array, findings: FindingList): void {
  const lines = new LineCursor(text);
  const notedOn: Partial<Record<DiagnosticCode, number>> = {};
  for (let at = codes.indexOf(BEYOND_ASCII); at !== -1; at = codes.indexOf(BEYOND_ASCII, at + 1)) {
    const code = text.charCodeAt(at);
    const finding = code === 0xfeff ? 'bom-in-file' : isInvisible(code) ? 'nbsp-or-zero-width' : null;
    if (finding === null) continue;
    lines.moveTo(at);
    if (notedOn[finding] === lines.line) continue;
    notedOn[finding] = lines.line;
    if (finding === 'bom-in-file' || !isComment(text, lines.start))
      findings.add(finding, lines.line, at - lines.start + 1);
  }
}

/** No-break space, zero-width space, non-joiner, joiner, word joiner. U+FEFF is a byte order mark to most editors. */
function isInvisible(code: number): boolean {
  return code === 0xa0 || (code >= 0x200b && code <= 0x200d) || code === 0x2060;
}

/** Where lines begin, found as far as the text is looked at. */
class LineCursor {
  line = 1;
  start = 0;
  #next: number;

  constructor(private readonly text: string) {
    this.#next = this.endAfter(0) + 1;
  }

  /** Goes on to the line that holds this offset. */
  moveTo(offset: number): void {
    while (this.#next <= offset) {
      this.line++;
      this.start = this.#next;
      this.#next = this.endAfter(this.start) + 1;
    }
  }

  /** The offset of the next line feed, or the end of the text. */
  endAfter(offset: number): number {
    const lf = this.text.indexOf('\n', offset);
    return lf === -1 ? this.text.length : lf;
  }
}

/** A line that starts with "#" or ";" and does not continue the one above, where that would be text. */
function isComment(text: string, lineStart: number): boolean {
  const first = text.charCodeAt(skipBlanks(text, lineStart, text.length));
  if (first !== 0x23 && first !== 0x3b) return false;
  let end = lineStart - 1;
  while (end > 0 && text.charCodeAt(end - 1) === 0x0d) end--;
  return end < 1 || text.charCodeAt(end - 1) !== BACKSLASH;
}
