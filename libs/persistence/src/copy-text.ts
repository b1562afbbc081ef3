/** Text rows are sent in chunks of about this size: large enough to be few, small enough to stay flat. */
export const CHUNK_CHARS = 64 * 1024;

/** One value in the text format of COPY: backslash, tab, newline and carriage return are escaped, null is `\N`. */
export function copyText(value: string | null): string {
  if (value === null) return '\\N';
  if (!/[\\\t\n\r]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** A JSON document in the text format of COPY. JSON escapes control characters itself, only its backslashes remain. */
export function copyJson(document: unknown): string {
  return JSON.stringify(document).replaceAll('\\', '\\\\');
}

/** Joins rows into chunks worth a write of their own. */
export function* inChunks(rows: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const row of rows) {
    chunk += row;
    if (chunk.length >= CHUNK_CHARS) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}
