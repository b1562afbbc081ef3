import { Redis } from './redis-client.ts';

/**
 * A server that says nothing for this long while it owes an answer is frozen or cut off. Its socket is destroyed: a
 * command that was only given up would still be executed when the server comes to itself, and its answer would be
 * taken by nobody.
 */
const SILENCE_LIMIT_MS = 3_000;

/**
 * A connection for commands. A command fails rather than waits when Redis is away, and is never sent twice behind our
 * back: whoever sent it knows whether it may be repeated.
 *
 * @param url `redis://` or `rediss://`, with user and password where Redis asks for them
 */
export function connectRedis(url: string, name: string): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    lazyConnect: true,
    // What a lost connection owed fails with it. Anything above 0 leaves it waiting for its time limit.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 5_000,
    socketTimeout: SILENCE_LIMIT_MS,
    commandTimeout: 5_000,
    retryStrategy: (times) => Math.min(100 * times, 2_000),
    // A server that was made a replica keeps its connections; a new one finds the server that took over.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  // Each command reports its own failure; without a listener the event would end the process.
  redis.on('error', () => undefined);
  return redis;
}
