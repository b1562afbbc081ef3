// Preloaded with `node --import`, before anything else: it imports nothing but OpenTelemetry, so that http, pg, ioredis
// and pino are instrumented when the service loads them. Traces are exported only when an endpoint is configured.
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { metricsExporter } from './metrics-exporter.ts';

const { env } = process;
const traced = Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
// Metrics are scraped and logs are written; without an endpoint the SDK would send traces to a default one.
env['OTEL_METRICS_EXPORTER'] ??= 'none';
env['OTEL_LOGS_EXPORTER'] ??= 'none';
if (!traced) env['OTEL_TRACES_EXPORTER'] = 'none';
else register({ include: ['http', 'https', 'node:http', 'node:https', 'pg', 'pg-pool', 'ioredis', 'pino'] });

const sdk = new NodeSDK({
  metricReaders: [metricsExporter],
  instrumentations: traced
    ? [
        new HttpInstrumentation({
          // Health checks and scrapes would drown the traces of uploads.
          ignoreIncomingRequestHook: ({ url }) => /^\/(health|metrics)\b/.test(url ?? ''),
          // A query may hold the value of a setting that somebody looks for.
          redactedQueryParams: ['value', 'q'],
        }),
        new RuntimeNodeInstrumentation(),
        new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
        new PgInstrumentation({ requireParentSpan: true }),
        new PinoInstrumentation({ disableLogSending: true }),
      ]
    : [new RuntimeNodeInstrumentation()],
});
sdk.start();

/** Sends what is still in memory. Called last, when a process ends. */
export async function shutDownTelemetry(): Promise<void> {
  // An endpoint that is away must not keep a process from ending well.
  await sdk.shutdown().catch(() => undefined);
}

/** How the rest of the process finds the running SDK without loading a second one. */
(globalThis as { [key: symbol]: unknown })[Symbol.for('confscope.shutDownTelemetry')] = shutDownTelemetry;
