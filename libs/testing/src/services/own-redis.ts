import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@confscope/local-services';

/** A Redis of one spec's own, empty, which it may flush, freeze and kill. */
export async function ownRedis(): Promise<{ server: RedisServer; remove(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'confscope-redis-'));
  const toolsDir = join(import.meta.dirname, '..', '..', '..', '..', '.confscope', 'tools');
  const server = await startRedis({ dataDir, toolsDir, appendOnly: false });
  return {
    server,
    remove: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
