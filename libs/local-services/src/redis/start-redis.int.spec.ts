import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { isAlive } from '../process-table.ts';
import { startRedis } from './start-redis.ts';

const toolsDir = join(import.meta.dirname, '..', '..', '..', '..', '.confscope', 'tools');

describe('a local Redis', () => {
  let dataDir: string;
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'confscope-redis-'))));
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('keeps its data over a restart, never evicts, and leaves no process behind', async () => {
    const server = await startRedis({ dataDir, toolsDir });
    const redis = new Redis(server.url);
    await redis.set('kept', 'yes');
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    redis.disconnect();
    await server.restart();
    const again = new Redis(server.url);
    expect(await again.get('kept')).toBe('yes');
    again.disconnect();
    const { pid } = server;
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('ends the server that an earlier run left behind in the same folder', async () => {
    const leftover = await startRedis({ dataDir, toolsDir });
    const server = await startRedis({ dataDir, toolsDir });
    expect(isAlive(leftover.pid)).toBe(false);
    await server.stop();
  });

  it('says what its log says when it cannot start', async () => {
    const server = await startRedis({ dataDir, toolsDir });
    const other = mkdtempSync(join(tmpdir(), 'confscope-redis-'));
    await expect(startRedis({ dataDir: other, toolsDir, port: server.port })).rejects.toThrow(/Address already in use/);
    rmSync(other, { recursive: true });
    await server.stop();
  });
});
