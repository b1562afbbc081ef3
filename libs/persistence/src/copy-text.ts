/** Text rows are sent in chunks of about this size: large enough to be few, small enough to stay flat. */
const CHUNK_CHARS = 64 * 1024;

/** One value in the text format of COPY: backslash, tab, newline and carriage return are escaped, null is `\N`. */
export function copyText(value: string | null): string {
  if (value === null) return '\\N';
  if (!/[\\\t\n\r]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
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
