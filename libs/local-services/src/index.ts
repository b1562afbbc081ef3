export { freePort } from './free-port.ts';
export { type PostgresOptions, PostgresServer, startPostgres } from './postgres/start-postgres.ts';
export { type RedisOptions, RedisServer, startRedis } from './redis/start-redis.ts';
