import type { Redis } from 'ioredis';

/** How Redis itself fares. */
export interface RedisVitals {
  usedMemoryBytes: number;
  /** 0 when there is no limit. */
  maxMemoryBytes: number;
  connectedClients: number;
  /** It takes no writes: it follows another server, as one does that was demoted by a failover. */
  isReplica: boolean;
  /** Keys that were dropped for want of memory since the server started: any is one too many. */
  evictedKeys: number;
}

/** Reads what Redis says of itself; null when this user may not ask. */
export async function redisVitals(redis: Redis): Promise<RedisVitals | null> {
  const text = await redis.info().catch((error: Error) => {
    if (error.message.startsWith('NOPERM')) return null;
    throw error;
  });
  if (text === null) return null;
  const numberOf = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    usedMemoryBytes: numberOf('used_memory'),
    maxMemoryBytes: numberOf('maxmemory'),
    isReplica: /^role:slave/m.test(text),
    connectedClients: numberOf('connected_clients'),
    evictedKeys: numberOf('evicted_keys'),
  };
}
