import type { JobEnvelope } from '@confscope/domain';
import { currentTraceparent, withoutSpans } from '@confscope/service-kit/tracing';
import { type Context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { PARSE } from './queue-keys.ts';

/**
 * Opens the PRODUCER span of one hop through the queue and hands the job on with that span's context, so that whoever
 * processes it appears below.
 *
 * @param send puts the job where it belongs; resolves with the id of its entry, or null when it has none yet
 */
export function sendSpan<Id extends string | null>(
  job: JobEnvelope,
  parent: Context,
  send: (job: JobEnvelope) => Promise<Id>,
): Promise<Id> {
  const destination = `${PARSE}.${job.queue}`;
  const attributes = {
    'messaging.system': 'redis',
    'messaging.operation.type': 'send',
    'messaging.destination.name': destination,
    'messaging.message.conversation_id': String(job.runId),
  };
  return trace
    .getTracer('job-queue')
    .startActiveSpan(`send ${destination}`, { kind: SpanKind.PRODUCER, attributes }, parent, async (span) => {
      try {
        const sent = { ...job, traceparent: currentTraceparent() ?? job.traceparent };
        const id = await withoutSpans(() => send(sent));
        if (id !== null) span.setAttribute('messaging.message.id', id);
        return id;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
}
