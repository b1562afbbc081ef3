import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutSpans } from '@confscope/service-kit/tracing';
import pg, { type Pool, type PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { arrayLiteral } from './array-literal.ts';
import { createPool, type DatabaseOptions } from './connection-pool.ts';
import { troubleOf } from './database-trouble.ts';
import { MIGRATION_NAMES } from './migrations/names.ts';
import { type Prepared, sqlFile } from './sql-file.ts';

/** What a statement can be run on: the pool, or one transaction. */
export interface Executor {
  /** Runs one statement and returns its rows (of `returning` too), columns named as in SQL. */
  rows<Row>(sql: string | Prepared, parameters?: unknown[]): Promise<Row[]>;
}

/** One open transaction. */
export interface Transaction extends Executor {
  /**
   * Fills a table through `COPY … FROM STDIN` in binary format; pulls the rows as it can send them.
   *
   * @param target table and columns, as in `stanzas (file_id, ordinal)`
   * @param rows binary rows, in chunks that may end anywhere, of some 64 KiB
   */
  copy(target: string, rows: Iterable<Uint8Array>): Promise<void>;
}

/** What a binary COPY begins with (its signature, no flags, no extension of the header) and ends with. */
const BINARY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const BINARY_END = Buffer.from([0xff, 0xff]);

/** Who holds a transaction, in at most 63 characters. */
export interface TransactionHolder {
  name: string;
}

/** How long a service that starts waits for its database; an orchestrator starts it anew after two minutes. */
const START_PATIENCE_MS = 90_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
const CLOSE_PATIENCE_MS = 5_000;

const SQL = {
  end: sqlFile('end-transactions'),
  endOwn: 'select pg_terminate_backend(pg_backend_pid())',
  readOnly: `select current_setting('transaction_read_only')::boolean as read_only`,
  migrationsTable: `select to_regclass('migrations') is not null as made`,
  migrations: 'select name from migrations',
};

/** PostgreSQL as the rest of Confscope sees it. Errors of the driver pass through unchanged. */
export class Database implements Executor {
  readonly #options: DatabaseOptions;
  readonly #pool: Pool;
  readonly #clients = new Set<PoolClient>();
  #closing: Promise<void> | undefined;

  /** Connects when a statement asks for it. */
  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#pool = createPool(options);
    this.#pool.on('connect', (client) => this.#clients.add(client));
    this.#pool.on('remove', (client) => this.#clients.delete(client));
  }

  /** Connects, or throws when the server is away or refuses. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    try {
      await database.ping();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /**
   * Connects as soon as the server can be reached: it may start at the same time as we do. A server that refuses is not
   * waited for.
   *
   * @param onWaiting told of every attempt that met nobody
   */
  static async whenReachable(
    options: DatabaseOptions,
    onWaiting: (error: unknown) => void,
    patienceMs = START_PATIENCE_MS,
  ): Promise<Database> {
    const patience = AbortSignal.timeout(patienceMs);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await Database.connect(options);
      } catch (error) {
        const trouble = troubleOf(error);
        if ((trouble !== 'unreachable' && trouble !== 'no_connection_left') || patience.aborted) throw error;
        onWaiting(error);
      }
      await sleep(pauseMs, undefined, { signal: patience }).catch(() => undefined);
    }
  }

  rows<Row>(sql: string | Prepared, parameters: unknown[] = []): Promise<Row[]> {
    return this.onConnection((client) => rowsOf<Row>(client, sql, parameters));
  }

  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. The session carries `holder`
   * as its application name meanwhile, so that {@link endTransactionsOf} can find it.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, holder: TransactionHolder | null = null): Promise<T> {
    const client = await this.#pool.connect();
    let isOver = true;
    try {
      return await inTransaction(client, work, holder);
    } catch (error) {
      // When the connection is gone the server rolls back by itself, and the first error is the one that matters.
      isOver = await withoutSpans(() => client.query('rollback')).then(
        () => true,
        () => false,
      );
      throw error;
    } finally {
      // Nobody may be given a connection whose transaction may still be open.
      client.release(!isOver);
    }
  }

  /** Runs `work` on one connection of the driver, for what the rest of this class has no words for. */
  async onConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  }

  /**
   * Ends the sessions in which such a holder has a transaction open. A process that is frozen keeps the locks of its open
   * transaction for ever, and whoever wants to store the same content would wait for it.
   */
  async endTransactionsOf(holders: readonly TransactionHolder[]): Promise<void> {
    await this.rows(SQL.end, [holders.map(({ name }) => name)]);
  }

  /** Answers whether the server does. */
  async ping(): Promise<void> {
    await this.rows('select 1');
  }

  /**
   * Whether the server takes no writes: it is a standby, or was made one. A server that was made one keeps its
   * connections, so one of ours is ended then: the next one finds the server that took over.
   */
  isReadOnly(): Promise<boolean> {
    return this.onConnection(async (client) => {
      const [row] = await rowsOf<{ read_only: boolean }>(client, SQL.readOnly, []);
      if (row?.read_only !== true) return false;
      // Given back before it has ended, the connection would be the next one's.
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
      await client.query(SQL.endOwn).catch(() => undefined);
      await ended;
      return true;
    });
  }

  /** True when the schema is one that this build can work with: all that it needs, and perhaps more. */
  async isMigrated(): Promise<boolean> {
    const [table] = await this.rows<{ made: boolean }>(SQL.migrationsTable);
    if (!table?.made) return false;
    const done = new Set((await this.rows<{ name: string }>(SQL.migrations)).map(({ name }) => name));
    return MIGRATION_NAMES.every((name) => done.has(name));
  }

  /**
   * Runs the migrations that are missing, one process at a time; returns their names. They may take their time, and so may
   * whoever waits for the lock.
   */
  async migrate(): Promise<string[]> {
    const { createDataSource } = await import('./data-source.ts');
    const patient = { ...this.#options, silenceLimitMs: 0, maxConnections: 1 };
    const lock = new Database(patient);
    const source = createDataSource(patient);
    try {
      return await lock.onConnection(async (client) => {
        await client.query(`select pg_advisory_lock(hashtext('confscope.migrate'))`);
        await source.initialize();
        const done = await source.runMigrations();
        return done.map((migration) => migration.name);
      });
    } finally {
      if (source.isInitialized) await source.destroy().catch(() => undefined);
      // The lock ends with its session.
      await lock.close();
    }
  }

  /** Lets statements come to their end for a while, and breaks their connections off then. */
  async close(patienceMs = CLOSE_PATIENCE_MS): Promise<void> {
    this.#closing ??= this.#pool.end();
    const late = setTimeout(() => {
      for (const client of this.#clients) void client.end().catch(() => undefined);
    }, patienceMs);
    await this.#closing.finally(() => clearTimeout(late));
  }
}

async function inTransaction<T>(
  client: PoolClient,
  work: (tx: Transaction) => Promise<T>,
  holder: TransactionHolder | null,
): Promise<T> {
  const begin = holder ? `begin; set local application_name to ${pg.escapeLiteral(holder.name)}` : 'begin';
  // What only frames the work has no spans: whoever opened one for that work sees its time.
  await withoutSpans(() => client.query(begin));
  const result = await work({
    rows: (sql, parameters) => rowsOf(client, sql, parameters ?? []),
    copy: (target, rows) =>
      pipeline(
        Readable.from(framed(rows), { objectMode: false }),
        client.query(copyFrom(`copy ${target} from stdin (format binary)`)),
      ),
  });
  await withoutSpans(() => client.query('commit'));
  return result;
}

function* framed(rows: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield BINARY_HEADER;
  yield* rows;
  yield BINARY_END;
}

async function rowsOf<Row>(client: PoolClient, sql: string | Prepared, values: unknown[]): Promise<Row[]> {
  const statement = typeof sql === 'string' ? { text: sql } : sql;
  const parameters = values.map((value: unknown) => (Array.isArray(value) ? arrayLiteral(value) : value));
  const { rows } = await client.query({ ...statement, values: parameters });
  return rows as Row[];
}
