import { type Context, context, isSpanContextValid, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';

/** The W3C trace context of the active span, or null when nothing is traced. */
export function currentTraceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

/** The context that continues a trace; the root context when there is none to continue. */
export function contextOf(traceparent: string | null): Context {
  return traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
}

/** Trace id of the active span, or null when nothing is traced. */
export function currentTraceId(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  // Without a tracer a span is active all the same, with an id of zeros.
  return span && isSpanContextValid(span) ? span.traceId : null;
}
