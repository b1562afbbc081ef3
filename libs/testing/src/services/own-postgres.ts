import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@confscope/local-services';

/**
 * A PostgreSQL of one spec's own, which it may freeze, kill and restart.
 *
 * @param binaries another one than that of `npm ci`
 */
export async function ownPostgres(binaries?: string): Promise<{ server: PostgresServer; remove(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'confscope-postgres-'));
  // When root runs the tests, PostgreSQL runs as "nobody" and has to pass through.
  chmodSync(folder, 0o711);
  const server = await startPostgres({
    dataDir: join(folder, 'server'),
    durable: false,
    ...(binaries && { binaries }),
  });
  return {
    server,
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
