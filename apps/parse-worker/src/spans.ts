import type { ErrorType } from '@confscope/domain';
import { keepTrace } from '@confscope/service-kit/tracing';
import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('parse-worker');

/** Runs the work in a span of its own; an error marks the span. */
export async function spanOf<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks the active span as failed, and has its trace sent even if it was not sampled. */
export function failSpan(errorType: ErrorType): void {
  const span = trace.getActiveSpan();
  span?.setStatus({ code: SpanStatusCode.ERROR, message: errorType });
  span?.setAttribute('error.type', errorType);
  keepTrace();
}
