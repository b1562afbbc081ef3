import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@confscope/local-services';

/**
 * A Redis of one spec's own, empty, which it may flush, freeze and kill.
 *
 * @param options.appendOnly keep the data over a restart, in `folder`; by default it comes back empty
 */
export async function ownRedis(
  options: { appendOnly?: boolean } = {},
): Promise<{ server: RedisServer; folder: string; remove(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'confscope-redis-'));
  const toolsDir = join(import.meta.dirname, '..', '..', '..', '..', '.confscope', 'tools');
  const server = await startRedis({ dataDir, toolsDir, appendOnly: options.appendOnly ?? false });
  return {
    server,
    folder: dataDir,
    remove: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
