// The tracer of a process that is started often: the SDK for all signals takes it a third of a second and 40 MiB.
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { logTroubleOfTelemetry } from './own-log.ts';
import { resourceOfProcess } from './resource.ts';
import { whenShutDown } from './shut-down.ts';
import { httpInstrumentation, instrumentImports, tracesFromEnvironment, traceStatements } from './traces.ts';

/** Records and sends the spans of this process. */
export async function startTracer(): Promise<void> {
  logTroubleOfTelemetry();
  instrumentImports(['http', 'https', 'node:http', 'node:https', 'pg', 'pg-pool']);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const provider = new TracerProvider({ ...(await tracesFromEnvironment()), resource: resourceOfProcess() });
  trace.setGlobalTracerProvider(provider);
  registerInstrumentations({ instrumentations: [httpInstrumentation] });
  traceStatements();
  // An endpoint that is away must not keep a process from ending well.
  whenShutDown(() => provider.shutdown().catch(() => undefined));
}
