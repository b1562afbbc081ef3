import { contextOf } from '@confscope/service-kit/tracing';
import { context, type Link, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Delivery } from './delivery.ts';
import { GROUP, PARSE } from './queue-keys.ts';
import type { Settlement } from './settlement.ts';

/** Opens the CONSUMER span under which everything appears that is done about one message, its settling too. */
export function processSpan(delivery: Omit<Delivery, 'signal' | 'since'>, work: () => Promise<void>): Promise<void> {
  const { job, queue, entryId } = delivery;
  const parent = contextOf(job.traceparent);
  const producer = trace.getSpanContext(parent);
  // Both parent and link: the link is what messaging conventions ask for, the parent is what trace viewers draw.
  const links: Link[] = producer ? [{ context: producer }] : [];
  const attributes = {
    'messaging.system': 'redis',
    'messaging.operation.type': 'process',
    'messaging.destination.name': `${PARSE}.${queue}`,
    'messaging.message.id': entryId,
    'messaging.message.conversation_id': String(job.runId),
    'messaging.consumer.group.name': GROUP,
  };
  const span = trace
    .getTracer('job-queue')
    .startSpan(`process ${PARSE}.${queue}`, { kind: SpanKind.CONSUMER, links, attributes }, parent);
  return context.with(trace.setSpan(parent, span), () => endingWith(span, work));
}

/** Opens the span of settling a message: `ack` when it is done, else what becomes of it. */
export function settleSpan({ kind }: Settlement, work: () => Promise<void>): Promise<void> {
  const name = kind === 'done' ? 'ack' : kind;
  const attributes = { 'messaging.operation.type': 'settle' };
  return trace.getTracer('job-queue').startActiveSpan(name, { attributes }, (span) => endingWith(span, work));
}

/** The span ends with the work; an error marks it. */
async function endingWith(span: Span, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
