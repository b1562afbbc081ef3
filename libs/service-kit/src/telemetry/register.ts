// Preloaded with `node --import`, before anything else: it imports nothing but OpenTelemetry and what reads settings, so
// that http, pg, ioredis and pino are instrumented when the service loads them. Traces are exported only when an endpoint
// is configured.
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { loadConfig } from '../load-config.ts';
import { KeepFailedTraces, useKeeper } from './keep-failed-traces.ts';
import { metricsExporter } from './metrics-exporter.ts';
import { type Sampling, samplingOf, samplingSettings } from './sampling.ts';
import { whenShutDown } from './shut-down.ts';
import { batchesFromEnvironment } from './trace-exporter.ts';

const { env } = process;
const traced =
  Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) &&
  env['OTEL_TRACES_EXPORTER'] !== 'none';
// Metrics are scraped and logs are written.
env['OTEL_METRICS_EXPORTER'] ??= 'none';
env['OTEL_LOGS_EXPORTER'] ??= 'none';
if (traced) register({ include: ['http', 'https', 'node:http', 'node:https', 'pg', 'pg-pool', 'ioredis', 'pino'] });

const sampling = samplingFromEnvironment();
const sdk = new NodeSDK({
  metricReaders: [metricsExporter],
  // A gauge must not be called a count: promtool refuses it.
  views: [{ instrumentName: 'db.client.connection.count', name: 'db.client.connections' }],
  sampler: sampling.sampler,
  spanProcessors: traced ? [spanProcessor(sampling)] : [],
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
        new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
        new PinoInstrumentation({ disableLogSending: true }),
      ]
    : [new RuntimeNodeInstrumentation()],
});
sdk.start();

function samplingFromEnvironment(): Sampling {
  try {
    return samplingOf(loadConfig(samplingSettings, env));
  } catch {
    // The service that starts after this reads the same settings, and refuses to with a sentence.
    return samplingOf(loadConfig(samplingSettings, {}));
  }
}

function spanProcessor({ keepErrors }: Sampling): SpanProcessor {
  const batches = batchesFromEnvironment();
  if (!keepErrors) return batches;
  const keeper = new KeepFailedTraces(batches);
  useKeeper(keeper);
  return keeper;
}

// An endpoint that is away must not keep a process from ending well.
whenShutDown(() => sdk.shutdown().catch(() => undefined));
