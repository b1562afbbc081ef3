import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { BadConfig, type Config, loadConfig, type Settings } from './load-config.ts';
import { createLogger, LOG_FORMATS, LOG_LEVELS, type Logger, NestLogger } from './logger.ts';
import { ProblemFilter, refusalOf, sendProblem } from './problem.filter.ts';
import type { Problem } from './problem.ts';
import { choice, text, wholeNumber } from './setting.ts';
import { samplingSettings } from './telemetry/sampling.ts';
import { shutDownTelemetry } from './telemetry/shut-down.ts';
import { trustCaFile, trustSettings } from './trust-ca-file.ts';

/** Settings of every service. */
export const commonSettings = {
  ...trustSettings,
  PORT: wholeNumber('The port this service listens on.', { min: 0, max: 65_535 }, 3000),
  HOST: text('The address this service listens on.', { fallback: '0.0.0.0' }),
  LOG_LEVEL: choice('How much is logged.', LOG_LEVELS, 'info'),
  LOG_FORMAT: choice('One JSON object a line for machines, or pretty for people.', LOG_FORMATS, 'json'),
  ...samplingSettings,
};

/** The longest that stands in a path is the name of a file: 255 bytes, each of which may be written as %20 is. */
const MAX_PARAM_CHARS = 3 * 255;

/** How long requests in flight may take once the service was told to stop. */
const DRAIN_LIMIT_MS = 30_000;

export interface ServiceParts {
  /** The whole service; imports {@link OperationsModule} among others. */
  module: DynamicModule;
  /** Last touches before it listens: a microservice, a plugin. */
  configure?: (app: NestFastifyApplication) => Promise<void>;
}

export interface ServiceDefinition<S extends Settings> {
  name: string;
  description: string;
  settings: S;
  create: (config: Config<S>, logger: Logger) => Promise<ServiceParts>;
  /** What makes an API of it, for people and programs that are not operators. */
  serveApi?: (app: NestFastifyApplication, name: string, description: string) => void;
  /** What to answer to an error of a library; null when nothing better is known than that something went wrong. */
  explainError?: (error: unknown) => Problem | null;
}

/**
 * Runs a service until it is told to stop: reads the environment, listens, and on SIGTERM, SIGINT or the end of the
 * process that started it closes everything in order and exits with 0. A start that fails exits with 1 and a sentence.
 */
export async function startService<S extends Settings>(definition: ServiceDefinition<S>): Promise<void> {
  try {
    await run(definition);
  } catch (error) {
    const reason =
      error instanceof BadConfig
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    process.stderr.write(`${definition.name} cannot start:\n${reason}\n`);
    process.exit(1);
  }
}

async function run<S extends Settings>(definition: ServiceDefinition<S>): Promise<void> {
  const { name, description, settings, create, serveApi, explainError } = definition;
  const common = loadConfig(commonSettings, process.env);
  trustCaFile(common.TLS_CA_FILE);
  const config = loadConfig(settings, process.env);
  const logger = await createLogger({ service: name, level: common.LOG_LEVEL, format: common.LOG_FORMAT });
  dieOfTheUnforeseen(logger);
  const { module, configure } = await create(config, logger);
  const adapter = new FastifyAdapter({
    bodyLimit: 1024 * 1024,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAM_CHARS },
    // What Fastify refuses before it knows what is asked for: an address that cannot be decoded, or is too long.
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, refusalOf(error)),
  });
  observeRequests(adapter, logger);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: new NestLogger(logger) });
  app.useGlobalFilters(new ProblemFilter(logger, explainError ?? (() => null)));
  await configure?.(app);
  serveApi?.(app, name, description);
  const stop = stopOnce(app, logger);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // Whoever started us with a channel is gone: nobody would ever stop us.
  process.once('disconnect', () => void stop('the process that started it is gone'));
  await app.startAllMicroservices();
  await app.listen(common.PORT, common.HOST);
  logger.info({ url: await app.getUrl() }, `${name} is ready`);
}

/** After an error that nobody caught, nothing about this process is certain any more. */
function dieOfTheUnforeseen(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event);
      process.exit(1);
    });
}

function stopOnce(app: NestFastifyApplication, logger: Logger): (why: string) => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = async (why: string) => {
    logger.info({ why }, 'stopping');
    let code = 0;
    // Requests in flight come to their end; an upload is one, and a stream of events never ends by itself.
    const limit = setTimeout(() => app.getHttpServer().closeAllConnections(), DRAIN_LIMIT_MS);
    await app.close().catch((error: unknown) => {
      logger.error({ err: error }, 'stopping failed');
      code = 1;
    });
    clearTimeout(limit);
    await shutDownTelemetry();
    process.exit(code);
  };
  return (why) => (stopping ??= stop(why));
}

/** One line a request, and the route on its span and in the histogram of request durations. */
function observeRequests(adapter: FastifyAdapter, logger: Logger): void {
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const rpc = getRPCMetadata(context.active());
    if (rpc?.type === RPCType.HTTP) rpc.route = request.routeOptions.url;
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?')[0] ?? '';
    const quiet = path.startsWith('/health') || path === '/metrics';
    const { method } = request;
    const fields = { method, path, status: reply.statusCode, duration_ms: Math.round(reply.elapsedTime) };
    logger[quiet ? 'trace' : 'info'](fields, 'request');
    done();
  });
}
