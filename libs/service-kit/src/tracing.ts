// What takes part in traces, without the rest of the kit: for processes that serve nobody, and for libraries.
export { keepTrace } from './telemetry/keep-failed-traces.ts';
export { shutDownTelemetry } from './telemetry/shut-down.ts';
export { startTracing } from './telemetry/start-tracing.ts';
export { contextOf, currentTraceId, currentTraceparent } from './telemetry/trace-parent.ts';
export { withoutSpans } from './telemetry/without-spans.ts';
