/**
 * Why PostgreSQL does nothing for anybody now, whatever it was asked: it, or another server, cannot be reached; it has no
 * connection left; it takes no writes, as a standby; its disk is full. `too_slow` is the odd one: a time limit of the
 * server ended a statement.
 */
export type DatabaseTrouble = 'unreachable' | 'no_connection_left' | 'read_only' | 'disk_full' | 'too_slow';

/** What the operating system says of a server that is not there, or has gone. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const SQL_STATES: readonly [RegExp, DatabaseTrouble][] = [
  // Connection exceptions, and a server that shuts down, crashes or starts.
  [/^(08...|57P0[1-5])$/, 'unreachable'],
  [/^53300$/, 'no_connection_left'],
  [/^25006$/, 'read_only'],
  [/^53100$/, 'disk_full'],
  [/^(57014|55P03)$/, 'too_slow'],
];
/** The driver's own errors carry no code. */
const DRIVER_WORDS =
  /Connection terminated|is not queryable|PostgreSQL was silent|timeout exceeded when trying to connect/;

/** What an error says of the server, rather than of what it was asked; null when it says nothing of the kind. */
export function troubleOf(error: unknown): DatabaseTrouble | null {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') {
      if (NETWORK_CODES.has(code)) return 'unreachable';
      const known = SQL_STATES.find(([states]) => states.test(code));
      if (known) return known[1];
    }
    if (DRIVER_WORDS.test(cause.message)) return 'unreachable';
    // Several addresses of one host may have failed together.
    if (cause instanceof AggregateError && cause.errors.some((one) => troubleOf(one) !== null)) return 'unreachable';
  }
  return null;
}
