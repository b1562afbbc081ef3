import { type LoggerService } from '@nestjs/common';
import { type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export const LOG_FORMATS = ['json', 'pretty'] as const;

export interface LoggerOptions {
  service: string;
  level: (typeof LOG_LEVELS)[number];
  /** `json` for machines: one object a line. `pretty` for people. */
  format: (typeof LOG_FORMATS)[number];
}

/** The logger of a process. Whoever logs names fields; a configuration value is never one of them. */
export async function createLogger({ service, level, format }: LoggerOptions): Promise<Logger> {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'json') return pino(options);
  // What people read is made pretty by 8 MiB of program, which machines do without.
  const { build: prettyStream } = await import('pino-pretty');
  return pino(options, prettyStream({ ignore: 'service', translateTime: 'HH:MM:ss.l', singleLine: true, sync: true }));
}

/** Nest's own messages through our logger. Its start-up chatter is for developers: debug. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, context?: string): void {
    this.#logger.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.#logger.warn({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    if (message instanceof Error) this.#logger.error({ context, err: message }, message.message);
    else this.#logger.error({ context, stack }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.#logger.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.#logger.trace({ context }, String(message));
  }
}
