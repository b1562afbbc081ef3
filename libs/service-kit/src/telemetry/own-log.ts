import { diag, DiagConsoleLogger } from '@opentelemetry/api';
import { diagLogLevelFromString, getStringFromEnv } from '@opentelemetry/core';

/** Lets telemetry say what troubles it, as `OTEL_LOG_LEVEL` asks; the SDK for all signals does so itself. */
export function logTroubleOfTelemetry(): void {
  const level = diagLogLevelFromString(getStringFromEnv('OTEL_LOG_LEVEL'));
  if (level !== undefined) diag.setLogger(new DiagConsoleLogger(), { logLevel: level });
}
