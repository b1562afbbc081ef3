import type { DiagnosticCode } from './diagnostic.ts';
import type { FindingList } from './finding-list.ts';
import { skipBlanks } from './white-space.ts';

const BACKSLASH = 0x5c;
/** No-break space, zero-width space, non-joiner, joiner, word joiner. U+FEFF is a byte order mark to most editors. */
const INVISIBLE = /[\u00a0\u200b-\u200d\u2060]/g;

/** Notes NUL bytes, the one odd character that plain ASCII has. */
export function noteNulBytes(text: string, findings: FindingList): void {
  noteOncePerLine(text, (from) => text.indexOf('\0', from), 'nul-byte', findings);
}

/** Notes characters that nobody sees and that Splunk takes for letters. In comments no-break spaces do no harm. */
export function noteInvisibleCharacters(text: string, findings: FindingList): void {
  noteOncePerLine(text, (from) => text.indexOf('\ufeff', from), 'bom-in-file', findings);
  const next = (from: number) => {
    INVISIBLE.lastIndex = from;
    return INVISIBLE.exec(text)?.index ?? -1;
  };
  noteOncePerLine(text, next, 'nbsp-or-zero-width', findings, (lineStart) => !isComment(text, lineStart));
}

/** Notes the first occurrence on each line that counts. */
function noteOncePerLine(
  text: string,
  next: (from: number) => number,
  code: DiagnosticCode,
  findings: FindingList,
  counts: (lineStart: number) => boolean = () => true,
): void {
  let line = 1;
  let lineStart = 0;
  for (let at = next(0); at !== -1;) {
    for (let lf = text.indexOf('\n', lineStart); lf !== -1 && lf < at; lf = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = lf + 1;
    }
    if (counts(lineStart)) findings.add(code, line, at - lineStart + 1);
    const end = text.indexOf('\n', at);
    at = end === -1 ? -1 : next(end);
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
