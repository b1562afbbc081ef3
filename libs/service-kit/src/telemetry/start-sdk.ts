import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { metricsExporter } from './metrics-exporter.ts';
import { resourceOfProcess } from './resource.ts';
import { whenShutDown } from './shut-down.ts';
import { httpInstrumentation, instrumentImports, tracesFromEnvironment, traceStatements } from './traces.ts';

const { env } = process;
// Metrics are scraped and logs are written.
env['OTEL_METRICS_EXPORTER'] ??= 'none';
env['OTEL_LOGS_EXPORTER'] ??= 'none';

instrumentImports(['http', 'https', 'node:http', 'node:https', 'pg', 'pg-pool', 'ioredis', 'pino']);
const sdk = new NodeSDK({
  ...(await tracesFromEnvironment()),
  resource: resourceOfProcess(),
  autoDetectResources: false,
  metricReaders: [metricsExporter],
  instrumentations: [
    new RuntimeNodeInstrumentation(),
    httpInstrumentation,
    new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
    new PinoInstrumentation({ disableLogSending: true }),
  ],
});
sdk.start();
traceStatements();

// An endpoint that is away must not keep a process from ending well.
whenShutDown(() => sdk.shutdown().catch(() => undefined));
