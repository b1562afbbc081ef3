// Global set-up of the tiers that need servers: one PostgreSQL and one Redis for all specs, on free ports, in a temporary
// folder. A downloaded Redis is kept in the checkout's own data folder.
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, startRedis } from '@confscope/local-services';

export default async function startServices() {
  const folder = mkdtempSync(join(tmpdir(), 'confscope-test-'));
  chmodSync(folder, 0o755);
  const log = (line) => process.stderr.write(`${line}\n`);
  const toolsDir = join(import.meta.dirname, '..', '..', '..', '.confscope', 'tools');
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false, log });
  const redis = await startRedis({ dataDir: join(folder, 'redis'), toolsDir, appendOnly: false, log });
  process.env['CONFSCOPE_TEST_DATABASE_URL'] = postgres.url;
  process.env['CONFSCOPE_TEST_REDIS_URL'] = redis.url;
  globalThis.confscopeTestServices = { folder, postgres, redis };
}
