import { connect } from 'node:net';
import { freePort, startPostgres, startRedis } from '@confscope/local-services';
import { consoleVoices } from './console-voices.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { startGateway } from '@confscope/gateway';
import { portRefused, portTaken } from './gateway-port.ts';
import { type LocalLayout } from './local-layout.ts';
import { takeRunLock } from './run-lock.ts';
import { runMigrations } from './run-migrations.ts';
import { type RunSettings } from './run-settings.ts';
import { StartRefused } from './start-refused.ts';
import { startSummary } from './start-summary.ts';
import { type StopOrder } from './stop-order.ts';
import { SupervisedService } from './supervised-service.ts';

/** What a run needs from its surroundings. */
export interface RunContext {
  layout: LocalLayout;
  settings: RunSettings;
  env: NodeJS.ProcessEnv;
  /** Takes one line for the terminal. */
  print: (line: string) => void;
  /** Aborted when the user wants to stop; the start ends at the next step. */
  abort: AbortSignal;
  /** Learns of every part as it starts; the caller ends them. */
  order: StopOrder;
}

interface Servers {
  databaseUrl: string;
  redisUrl: string;
  postgresPort: number | undefined;
  redisPort: number | undefined;
}

/**
 * Starts servers, schema, services and gateway, in that order, and prints where everything is. Resolves once all is up,
 * with a promise that only settles (with an error) when a service cannot be kept alive.
 */
export async function runLocal(context: RunContext): Promise<{ failed: Promise<never> }> {
  const { layout, settings, env, print, abort, order } = context;
  const data = openDataFolder(layout.dataDir);
  const unlock = await takeRunLock(data.lockFile);
  order.add({ name: 'the lock', stop: () => Promise.resolve(unlock()), kill: unlock });
  // Better to hear this now than after everything has started.
  if (await isTaken(settings.port)) throw new StartRefused(portTaken(settings.port));
  const servers = await startServers(context, data);
  abort.throwIfAborted();
  const shared = { ...env, DATABASE_URL: servers.databaseUrl, REDIS_URL: servers.redisUrl };
  print('Bringing the database up to date …');
  await runMigrations(layout.migrate, shared);
  abort.throwIfAborted();
  const services = await prepareServices(context, data, shared);
  await Promise.all([...services.values()].map(({ service }) => service.start()));
  abort.throwIfAborted();
  const at = (name: string): string => `http://127.0.0.1:${services.get(name)?.port}`;
  const { port } = settings;
  const upstreams = { uploadApi: at('upload-api'), statusApi: at('status-api') };
  const gateway = await startGateway({ port, host: '127.0.0.1' }, upstreams).catch((error: unknown) => {
    throw portRefused(port, error);
  });
  order.add({ name: 'the gateway', stop: () => gateway.close(), kill: () => undefined });
  print(startSummary({ url: gateway.url, dataDir: data.root, logs: data.logs, ...servers }));
  const failed = Promise.all([...services.values()].map(({ service }) => service.ended)).then(
    () => new Promise<never>(() => undefined),
  );
  return { failed };
}

async function startServers({ settings, print, abort, order }: RunContext, data: DataFolder): Promise<Servers> {
  let { databaseUrl, redisUrl } = settings;
  const servers = { postgresPort: undefined as number | undefined, redisPort: undefined as number | undefined };
  if (databaseUrl === undefined) {
    print('Starting PostgreSQL …');
    const postgres = await startPostgres({ dataDir: data.postgres, log: print });
    // SIGQUIT is PostgreSQL's own way to end at once with all its processes.
    order.add({ name: 'PostgreSQL', stop: () => postgres.stop(), kill: () => postgres.kill('SIGQUIT') });
    databaseUrl = postgres.url;
    servers.postgresPort = postgres.port;
  }
  abort.throwIfAborted();
  if (redisUrl === undefined) {
    print('Starting Redis …');
    const redis = await startRedis({ dataDir: data.redis, appendOnly: true, log: print });
    order.add({ name: 'Redis', stop: () => redis.stop(), kill: () => redis.kill('SIGKILL') });
    redisUrl = redis.url;
    servers.redisPort = redis.port;
  }
  return { databaseUrl, redisUrl, ...servers };
}

type Prepared = Map<string, { service: SupervisedService; port: number }>;

async function prepareServices(context: RunContext, data: DataFolder, env: NodeJS.ProcessEnv): Promise<Prepared> {
  const { layout, print, order } = context;
  const names = Object.keys(layout.services);
  const voices = consoleVoices(names, data.logs, print);
  const prepared: Prepared = new Map();
  for (const [name, args] of Object.entries(layout.services)) {
    const voice = voices.get(name);
    if (!voice) throw new Error(`${name} has no voice`);
    const port = await freePort();
    const service = new SupervisedService({ name, args, port, env: serviceEnvironment(env, data, name, port) }, voice);
    prepared.set(name, { service, port });
  }
  // All services end at the same time: none has to wait for another.
  const all = [...prepared.values()].map(({ service }) => service);
  order.add({
    name: 'the services',
    stop: async () => void (await Promise.all(all.map((service) => service.stop()))),
    kill: () => all.forEach((service) => service.kill()),
  });
  return prepared;
}

const serviceEnvironment = (
  env: NodeJS.ProcessEnv,
  data: DataFolder,
  name: string,
  port: number,
): NodeJS.ProcessEnv => ({
  LOG_FORMAT: 'pretty',
  STORAGE_PATH: data.blobs,
  SECRETS_FINGERPRINT_KEY: data.fingerprintKey,
  ...env,
  PORT: String(port),
  HOST: '127.0.0.1',
  OTEL_SERVICE_NAME: name,
});

/** Whether a program listens on this port of 127.0.0.1. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
