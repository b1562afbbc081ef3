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
/** Connection exceptions, a server that shuts down, crashes or starts, and one that has no connection left. */
const SQL_STATES = /^(08...|57P0[1-5]|53300)$/;
/** The driver's own errors carry no code. */
const DRIVER_WORDS = /Connection terminated|PostgreSQL was silent|timeout exceeded when trying to connect/;

/** Whether an error says that a server could not be reached, or broke off, rather than that it refused what was asked. */
export function isUnreachable(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string' && (NETWORK_CODES.has(code) || SQL_STATES.test(code))) return true;
    if (DRIVER_WORDS.test(cause.message)) return true;
    // Several addresses of one host may have failed together.
    if (cause instanceof AggregateError && cause.errors.some((one) => isUnreachable(one))) return true;
  }
  return false;
}
