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
   * How long a server that owes an answer may say nothing, and take nothing, before its connection counts as dead; 0 is for
   * ever. The network does not tell of a server that was cut off; without a limit, whoever asked would wait for it.
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
    keepAlive: true,
    stream: () => socketWithLimit(silenceLimitMs ?? SILENCE_LIMIT_MS),
  };
}

/** Connections that are opened as they are needed. */
export function createPool(options: DatabaseOptions): pg.Pool {
  const { applicationName, maxConnections, connectTimeoutMs, keepAlive, stream } = driverSettings(options);
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: applicationName,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive,
    stream,
  });
  // A connection that breaks tells whoever waits for an answer on it, and the pool replaces it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A socket that ends when nothing has passed it for this long. Connections that the pool has idle are closed sooner. */
function socketWithLimit(silenceLimitMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceLimitMs, () => socket.destroy(new Error(`PostgreSQL was silent for ${silenceLimitMs} ms.`)));
  return socket;
}
