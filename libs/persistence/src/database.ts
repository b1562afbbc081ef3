import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DataSource, QueryRunner } from 'typeorm';
import { createDataSource, type DatabaseOptions } from './data-source.ts';
import { troubleOf } from './database-trouble.ts';
import { sqlFile } from './sql-file.ts';

/** What a statement can be run on: the pool, or one transaction. */
export interface Executor {
  /** Runs one statement and returns its rows (of `returning` too), columns named as in SQL. */
  rows<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
}

/** One open transaction. */
export interface Transaction extends Executor {
  /**
   * Fills a table through `COPY … FROM STDIN` in text format; pulls the rows as it can send them.
   *
   * @param target table and columns, as in `stanzas (file_id, ordinal)`
   * @param chunks text rows, each ended by a newline, in chunks of some 64 KiB
   */
  copy(target: string, chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>): Promise<void>;
}

/** Who holds a transaction, in at most 63 characters. */
export interface TransactionHolder {
  name: string;
}

/** How long a service that starts waits for its database; an orchestrator starts it anew after two minutes. */
const START_PATIENCE_MS = 90_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

const SQL = {
  end: sqlFile('end-transactions'),
  endOwn: 'select pg_terminate_backend(pg_backend_pid())',
  readOnly: `select current_setting('transaction_read_only')::boolean as read_only`,
};

/** PostgreSQL as the rest of Confscope sees it. Errors of the driver pass through unchanged. */
export class Database implements Executor {
  constructor(readonly dataSource: DataSource) {}

  /** Connects, or throws when the server is away or refuses. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    return new Database(await createDataSource(options).initialize());
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

  async rows<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await rowsOf<Row>(runner, sql, parameters);
    } finally {
      await runner.release();
    }
  }

  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. The session carries `holder`
   * as its application name meanwhile, so that {@link endTransactionsOf} can find it.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, holder: TransactionHolder | null = null): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction();
      try {
        if (holder) await runner.query(`select set_config('application_name', $1, true)`, [holder.name]);
        const result = await work({
          rows: (sql, parameters) => rowsOf(runner, sql, parameters ?? []),
          copy: (target, chunks) =>
            pipeline(Readable.from(chunks, { objectMode: false }), client.query(copyFrom(`copy ${target} from stdin`))),
        });
        await runner.commitTransaction();
        return result;
      } catch (error) {
        // When the connection is gone the server rolls back by itself, and the first error is the one that matters.
        await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    } finally {
      await runner.release();
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
  async isReadOnly(): Promise<boolean> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const [row] = await rowsOf<{ read_only: boolean }>(runner, SQL.readOnly, []);
      if (row?.read_only !== true) return false;
      // Given back before it has ended, the connection would be the next one's.
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
      await runner.query(SQL.endOwn).catch(() => undefined);
      await ended;
      return true;
    } finally {
      await runner.release();
    }
  }

  /** True when the schema is the one this build was written for. */
  async isMigrated(): Promise<boolean> {
    return !(await this.dataSource.showMigrations());
  }

  /** Runs the migrations that are missing, one process at a time; returns their names. */
  async migrate(): Promise<string[]> {
    const lock = this.dataSource.createQueryRunner();
    try {
      await lock.query(`select pg_advisory_lock(hashtext('confscope.migrate'))`);
      const done = await this.dataSource.runMigrations();
      return done.map((migration) => migration.name);
    } finally {
      // The lock ends with its session at the latest.
      await lock.query(`select pg_advisory_unlock(hashtext('confscope.migrate'))`).catch(() => undefined);
      await lock.release();
    }
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

async function rowsOf<Row>(runner: QueryRunner, sql: string, parameters: unknown[]): Promise<Row[]> {
  const result = await runner.query(sql, parameters, true);
  return result.records as Row[];
}
