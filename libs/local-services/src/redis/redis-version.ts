/** A server program and what it calls itself. */
export interface RedisVersion {
  name: 'Redis' | 'Valkey';
  version: string;
  /** XAUTOCLAIM, on which the queue is built, came with Redis 6.2. */
  isEnough: boolean;
}

/** Reads the answer to `redis-server --version` or `valkey-server --version`; undefined when it is neither. */
export function parseRedisVersion(output: string): RedisVersion | undefined {
  const match = /^(Redis|Valkey) server v=(\d+)\.(\d+)\.(\d+)/m.exec(output);
  if (!match) return undefined;
  const [, name, major, minor, patch] = match;
  return {
    name: name === 'Valkey' ? 'Valkey' : 'Redis',
    version: `${major}.${minor}.${patch}`,
    isEnough: Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2),
  };
}
