import { register } from 'import-in-the-middle/register-hooks.mjs';
import { createNoopMeter } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import { loadConfig } from '../load-config.ts';
import { KeepFailedTraces, useKeeper } from './keep-failed-traces.ts';
import { type Sampling, samplingOf, samplingSettings } from './sampling.ts';
import { batchesFromEnvironment } from './trace-exporter.ts';

const { env } = process;

/** Which spans are recorded, and where they go. */
export interface Traces {
  sampler: Sampler;
  spanProcessors: SpanProcessor[];
}

/** What the standard variables say of traces. */
export async function tracesFromEnvironment(): Promise<Traces> {
  const sampling = samplingFromEnvironment();
  return { sampler: sampling.sampler, spanProcessors: [await spanProcessor(sampling)] };
}

/** Lets these modules be instrumented, whichever way they are loaded; called before they are. */
export function instrumentImports(modules: string[]): void {
  register({ include: modules });
}

/** What opens the spans of requests. */
export const httpInstrumentation = new HttpInstrumentation({
  // Health checks and scrapes would drown the traces of uploads.
  ignoreIncomingRequestHook: ({ url }) => /^\/(health|metrics)\b/.test(url ?? ''),
  // A query may hold the value of a setting that somebody looks for.
  redactedQueryParams: ['value', 'q'],
});

/**
 * Opens the spans of statements. They are many: what has a name is told by it, and not by two kilobytes of SQL, and their
 * durations are read from the spans, not from a histogram besides.
 */
export function traceStatements(): void {
  const statements = new PgInstrumentation({
    requireParentSpan: true,
    ignoreConnectSpans: true,
    requestHook: (span, { query }) => {
      if (query.name) span.setAttribute('db.query.text', `-- ${query.name}`);
    },
  });
  registerInstrumentations({ instrumentations: [statements], meterProvider: { getMeter: () => createNoopMeter() } });
}

function samplingFromEnvironment(): Sampling {
  try {
    return samplingOf(loadConfig(samplingSettings, env));
  } catch {
    // The service that starts after this reads the same settings, and refuses to with a sentence.
    return samplingOf(loadConfig(samplingSettings, {}));
  }
}

async function spanProcessor({ keepErrors }: Sampling): Promise<SpanProcessor> {
  const batches = await batchesFromEnvironment();
  if (!keepErrors) return batches;
  const keeper = new KeepFailedTraces(batches);
  useKeeper(keeper);
  return keeper;
}
