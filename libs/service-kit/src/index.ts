export { Health, type HealthCheck, type HealthReport } from './health.ts';
export { createLogger, type Logger } from './logger.ts';
export { Loop, type LoopOptions } from './loop.ts';
export { OperationsModule } from './operations.module.ts';
export { badRequest, type FieldError, notFound, Problem } from './problem.ts';
export { commonSettings, type ServiceDefinition, type ServiceParts, startService } from './start-service.ts';
export * from './settings.ts';
export { tracedCounter, tracedHistogram } from './telemetry/exemplars.ts';
export { trustCaFile, trustSettings } from './trust-ca-file.ts';
