import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@confscope/local-services';
import { Database } from '@confscope/persistence';

/** A PostgreSQL and a Redis of the bench's own, as durable as those of `npm start`, and a folder that goes with them. */
export class BenchServers {
  private constructor(
    readonly folder: string,
    readonly postgres: PostgresServer,
    readonly redis: RedisServer,
    readonly database: Database,
  ) {}

  static async start(): Promise<BenchServers> {
    const folder = mkdtempSync(join(tmpdir(), 'confscope-bench-'));
    // When root runs the bench, PostgreSQL runs as "nobody" and has to pass through.
    chmodSync(folder, 0o711);
    const log = (line: string): void => console.error(line);
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log });
    try {
      const redis = await startRedis({ dataDir: join(folder, 'redis'), log });
      const database = await Database.connect({ url: postgres.url, applicationName: 'bench', maxConnections: 4 });
      await database.migrate();
      return new BenchServers(folder, postgres, redis, database);
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  /** What the services need to find all of it. */
  get env(): Record<string, string> {
    return {
      DATABASE_URL: this.postgres.url,
      REDIS_URL: this.redis.url,
      STORAGE_PATH: join(this.folder, 'blobs'),
      SECRETS_FINGERPRINT_KEY: 'ab'.repeat(32),
    };
  }

  async databaseBytes(): Promise<number> {
    const [row] = await this.database.rows<{ bytes: number }>('select pg_database_size(current_database()) as bytes');
    return row?.bytes ?? NaN;
  }

  async stop(): Promise<void> {
    await this.database.close();
    await this.redis.stop();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
