/**
 * The raw text of physical lines, as it stands in the file: of a setting by its `line` and `endLine`, of the comments of
 * a stanza by its `commentLine` and the line before its header.
 *
 * @param text the whole file, as `decodeText` gives it
 * @param from first line, from 1
 * @param to last line
 */
export function linesOf(text: string, from: number, to: number): string {
  let start = 0;
  for (let line = 1; line < from; line++) {
    const lf = text.indexOf('\n', start);
    if (lf === -1) return '';
    start = lf + 1;
  }
  let end = start;
  for (let line = from; line <= to; line++) {
    const lf = text.indexOf('\n', end);
    if (lf === -1) return text.slice(start);
    end = lf + 1;
  }
  return text.slice(start, Math.max(start, end - 1));
}
