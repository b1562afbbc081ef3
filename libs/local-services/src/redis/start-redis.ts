import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { toolsFolder } from '../tools-folder.ts';
import { findRedis } from './find-redis.ts';
import { endLeftoverRedis, launchRedis, RedisServer } from './redis-server.ts';

/** What {@link startRedis} needs. */
export interface RedisOptions {
  /** Folder of the server's files; made when missing. */
  dataDir: string;
  /** Port on 127.0.0.1; a free one by default. */
  port?: number;
  /** Keeps its data over a restart in an append-only file (default). */
  appendOnly?: boolean;
  /** Where a fetched Redis is kept; by default a folder of the checkout. */
  toolsDir?: string;
  /** Told in whole sentences about everything that takes long or surprises. */
  log?: (line: string) => void;
}

/**
 * Starts a Redis or Valkey server on 127.0.0.1 with a password of its own, and waits until it answers. A server that an
 * earlier run left behind in the same folder is ended first. Throws with the commands to type when none can be had.
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { dataDir, port, appendOnly = true, toolsDir = toolsFolder, log = () => undefined } = options;
  const home = path.resolve(dataDir);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const program = await findRedis(toolsDir, log);
  const ended = await endLeftoverRedis(home);
  if (ended !== undefined) log(`Ended the Redis that an earlier run left behind (process ${ended}).`);
  const password = randomBytes(24).toString('hex');
  const settings = { program, home, port: port ?? (await freePort()), password, appendOnly };
  return new RedisServer(settings, await launchRedis(settings));
}
