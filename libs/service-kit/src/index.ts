export { Health, type HealthCheck, type HealthReport } from './health.ts';
export { BadConfig, type Config, loadConfig, type Settings } from './load-config.ts';
export { createLogger, type Logger } from './logger.ts';
export { Loop, type LoopOptions } from './loop.ts';
export { OperationsModule } from './operations.module.ts';
export { badRequest, type FieldError, notFound, Problem } from './problem.ts';
export { type ServiceDefinition, type ServiceParts, startService } from './start-service.ts';
export * from './setting.ts';
