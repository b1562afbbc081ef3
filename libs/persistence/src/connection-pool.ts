import { Socket } from 'node:net';
import pg from 'pg';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=…` for TLS. */
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Most connections this process holds. */
  maxConnections: number;
  /** How long to wait for a connection before the database counts as away. */
  connectTimeoutMs?: number;
  /**
   * How long a server that owes an answer may say nothing, and take nothing, before its connection counts as dead. The
   * network does not tell of a server that was cut off; without a limit, whoever asked would wait for ever.
   */
  silenceLimitMs?: number;
}

// All of our bigints are ids and byte counts far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_LIMIT_MS = 60_000;

/** How the driver is configured, whoever uses it. */
export function driverSettings({ connectTimeoutMs, silenceLimitMs, ...options }: DatabaseOptions) {
  return {
    applicationName: options.applicationName,
    maxConnections: options.maxConnections,
    connectTimeoutMs: connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    stream: () => socketWithLimit(silenceLimitMs ?? SILENCE_LIMIT_MS),
  };
}

/** Connections that are opened as they are needed. */
export function createPool(options: DatabaseOptions): pg.Pool {
  const { applicationName, maxConnections, connectTimeoutMs, stream } = driverSettings(options);
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: applicationName,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    stream,
  });
  // An idle connection that breaks is replaced by the pool; the next statement reports what matters.
  pool.on('error', () => undefined);
  return pool;
}

/** A socket that ends when nothing has passed it for this long. Idle connections of the pool are closed sooner. */
function socketWithLimit(silenceLimitMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceLimitMs, () => socket.destroy(new Error(`PostgreSQL was silent for ${silenceLimitMs} ms.`)));
  return socket;
}
