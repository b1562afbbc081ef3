// Preloaded with `node --import`, before anything else: it imports nothing but OpenTelemetry and what reads settings, so
// that http, pg, ioredis and pino are instrumented when the service loads them.
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { isTraced } from './is-traced.ts';
import { metricsExporter } from './metrics-exporter.ts';
import { whenShutDown } from './shut-down.ts';

const { env } = process;
// Metrics are scraped and logs are written.
env['OTEL_METRICS_EXPORTER'] ??= 'none';
env['OTEL_LOGS_EXPORTER'] ??= 'none';

const runtime = new RuntimeNodeInstrumentation();
const sdk = new NodeSDK({
  metricReaders: [metricsExporter],
  // A gauge must not be called a count: promtool refuses it.
  views: [{ instrumentName: 'db.client.connection.count', name: 'db.client.connections' }],
  ...(isTraced(env) ? await tracing(runtime) : { spanProcessors: [], instrumentations: [runtime] }),
});
sdk.start();

/** What is only loaded by a service that is traced. */
async function tracing(others: Instrumentation): Promise<Partial<NodeSDKConfiguration>> {
  const { instrumentations, instrumentImports, tracesFromEnvironment } = await import('./traces.ts');
  instrumentImports(['http', 'https', 'node:http', 'node:https', 'pg', 'pg-pool', 'ioredis', 'pino']);
  return {
    ...(await tracesFromEnvironment()),
    instrumentations: [
      others,
      ...instrumentations,
      new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
      new PinoInstrumentation({ disableLogSending: true }),
    ],
  };
}

// An endpoint that is away must not keep a process from ending well.
whenShutDown(() => sdk.shutdown().catch(() => undefined));
