/**
 * The white space of conf files: space, tab, carriage return, vertical tab, form feed. `String.trim` and `\s` remove
 * more (no-break spaces, U+FEFF, line separators), all of which occur as text in real files.
 */
export function isBlank(code: number): boolean {
  return code === 0x20 || (code <= 0x0d && code >= 0x09 && code !== 0x0a);
}

/** First offset in [from, to) that is not blank, or `to`. */
export function skipBlanks(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** End of the text in [from, to) without the blanks at its end. */
export function trimBlanksEnd(text: string, from: number, to: number): number {
  let at = to;
  while (at > from && isBlank(text.charCodeAt(at - 1))) at--;
  return at;
}
