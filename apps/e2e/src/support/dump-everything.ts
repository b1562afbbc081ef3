import { Redis } from 'ioredis';
import { Client, escapeIdentifier } from 'pg';

/** Every row of every table, as text. */
export async function dumpDatabase(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    const parts: string[] = [];
    for (const { name } of tables.rows) {
      const rows = await client.query<{ row: string }>(`select t::text as row from ${escapeIdentifier(name)} t`);
      parts.push(`${name}\n`, ...rows.rows.map(({ row }) => `${row}\n`));
    }
    return parts.join('');
  } finally {
    await client.end();
  }
}

/** Every key and value of a Redis, as text. */
export async function dumpRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const parts: unknown[] = [];
    for (const key of await redis.keys('*')) parts.push(key, await valueOf(redis, key, await redis.type(key)));
    return JSON.stringify(parts);
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string, type: string): Promise<unknown> {
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'set':
      return redis.smembers(key);
    case 'list':
      return redis.lrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return type;
  }
}
