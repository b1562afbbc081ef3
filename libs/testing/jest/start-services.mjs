import { startPostgres, startRedis } from '@confscope/local-services';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One PostgreSQL and one Redis for the whole run. Every spec takes a database and a key space of its own in them. */
export default async function startServices(config) {
  const folder = mkdtempSync(path.join(tmpdir(), 'confscope-test-'));
  // When root runs the tests, PostgreSQL runs as "nobody" and has to pass through.
  chmodSync(folder, 0o711);
  const services = { folder };
  globalThis.confscopeServices = services;
  const log = (line) => process.stderr.write(`${line}\n`);
  try {
    services.postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false, log });
    services.redis = await startRedis({ dataDir: path.join(folder, 'redis'), appendOnly: false, log });
  } catch (error) {
    // Jest runs no teardown after a failed set-up.
    const { default: stopServices } = await import('./stop-services.mjs');
    await stopServices(config);
    throw error;
  }
  process.env.CONFSCOPE_TEST_DATABASE_URL = services.postgres.url;
  process.env.CONFSCOPE_TEST_REDIS_URL = services.redis.url;
}
