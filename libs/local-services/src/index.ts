/** PostgreSQL and Redis for one checkout: for `npm start`, the tests and the benchmarks. Never used in production. */
export { freePort } from './free-port.ts';
export { findPostgresTools } from './postgres/find-postgres-tools.ts';
export { type PostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export { PostgresServer } from './postgres/postgres-server.ts';
export { commandLine, isAlive, waitForExit } from './process-table.ts';
export { type RedisOptions, startRedis } from './redis/start-redis.ts';
export { RedisServer } from './redis/redis-server.ts';
export { SERVICE_FLAGS, serviceArguments } from './service-arguments.ts';
export { findPrometheus, type PrometheusPrograms } from './prometheus/find-prometheus.ts';
export { toolsFolder } from './tools-folder.ts';
