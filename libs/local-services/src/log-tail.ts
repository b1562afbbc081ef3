import { existsSync, readFileSync } from 'node:fs';

/** The last lines of a server's log file from byte `from` on, indented for an error message; empty when there is no log. */
export function logTail(file: string, from = 0, maxLines = 15): string {
  if (!existsSync(file)) return '';
  const lines = readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n').slice(-maxLines);
  return lines.map((line) => `  ${line}`).join('\n');
}
