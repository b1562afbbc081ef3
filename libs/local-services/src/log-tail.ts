import { existsSync, readFileSync } from 'node:fs';

/** The last lines of a server's log file, indented for an error message; empty when there is no log yet. */
export function logTail(file: string, maxLines = 15): string {
  if (!existsSync(file)) return '';
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-maxLines);
  return lines.map((line) => `  ${line}`).join('\n');
}
