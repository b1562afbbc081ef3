import type { Output } from './output.ts';
import { visibleText } from './visible-text.ts';

/** Characters of a line that are shown around the place in question. */
const WIDTH = 100;

/**
 * A few lines of a file around a finding, and a mark below the place.
 *
 * @param lines of the file, secrets masked
 */
export function codeFrame(lines: readonly string[], line: number, column: number, output: Output): string {
  const last = Math.min(lines.length, line + 1);
  const width = String(last).length;
  // Of a line as long as a book only the part around the place helps.
  const from = Math.max(0, column - Math.floor(WIDTH / 2));
  const shown: string[] = [];
  for (let number = Math.max(1, line - 1); number <= last; number++) {
    const start = number === line ? from : 0;
    const part = (lines[number - 1] ?? '').slice(start, start + WIDTH).replace(/\r$/, '');
    // A tab would shift the mark.
    const text = visibleText(part.replaceAll('\t', ' '));
    const gutter = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | `;
    shown.push(number === line ? `${output.paint('red', gutter)}${text}` : output.paint('dim', `${gutter}${text}`));
    if (number === line)
      shown.push(output.paint('red', `${' '.repeat(width + 3)}| ${' '.repeat(Math.max(0, column - 1 - from))}^`));
  }
  return shown.join('\n');
}
