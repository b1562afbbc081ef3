import { type Context, isSpanContextValid, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Spans that wait for an error, and traces that had one, at most; the oldest go first. */
export interface KeepLimits {
  waitingSpans: number;
  keptTraces: number;
}

const LIMITS: KeepLimits = { waitingSpans: 2_000, keptTraces: 1_000 };

/**
 * Sends the spans of traces that were not sampled when something in them failed: spans that end well wait here for a
 * while, and an error in their trace lets them go on with all that come after it. Memory is bounded, so of a trace with
 * more spans than that only the last ones before the error are told.
 */
export class KeepFailedTraces implements SpanProcessor {
  readonly #next: SpanProcessor;
  readonly #limits: KeepLimits;
  /** Trace ids, in the order in which they were last heard of. */
  readonly #kept = new Set<string>();
  readonly #waiting = new Map<string, ReadableSpan[]>();
  #waitingSpans = 0;

  constructor(next: SpanProcessor, limits: KeepLimits = LIMITS) {
    this.#next = next;
    this.#limits = limits;
  }

  onStart(span: Span, parent: Context): void {
    this.#next.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    const { traceId, traceFlags } = span.spanContext();
    if (span.status.code === SpanStatusCode.ERROR) this.keep(traceId);
    if ((traceFlags & TraceFlags.SAMPLED) !== 0) this.#next.onEnd(span);
    else if (this.#kept.has(traceId)) this.#send(span);
    else this.#wait(traceId, span);
  }

  /** Sends what is known of the trace, and all that this process will still tell of it. */
  keep(traceId: string): void {
    this.#kept.delete(traceId);
    this.#kept.add(traceId);
    for (const oldest of this.#kept) {
      if (this.#kept.size <= this.#limits.keptTraces) break;
      this.#kept.delete(oldest);
    }
    for (const span of this.#take(traceId)) this.#send(span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#waiting.clear();
    return this.#next.shutdown();
  }

  #send(span: ReadableSpan): void {
    markSampled(span.spanContext());
    this.#next.onEnd(span);
  }

  #wait(traceId: string, span: ReadableSpan): void {
    const spans = this.#take(traceId);
    spans.push(span);
    this.#waiting.set(traceId, spans);
    this.#waitingSpans += spans.length;
    while (this.#waitingSpans > this.#limits.waitingSpans) this.#forgetOldest();
  }

  /** A trace that alone fills the room loses its oldest span, any other one goes whole. */
  #forgetOldest(): void {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    const [traceId, spans] = oldest;
    if (this.#waiting.size === 1) this.#waitingSpans -= spans.splice(0, 1).length;
    else this.#take(traceId);
  }

  #take(traceId: string): ReadableSpan[] {
    const spans = this.#waiting.get(traceId) ?? [];
    this.#waiting.delete(traceId);
    this.#waitingSpans -= spans.length;
    return spans;
  }
}

let keeper: KeepFailedTraces | undefined;

/** Lets {@link keepTrace} reach the processor of this process. */
export function useKeeper(processor: KeepFailedTraces): void {
  keeper = processor;
}

/**
 * Has the trace of the active span sent, whatever was decided at its start: here, and in every process that the work is
 * handed to from now on. Without a tracer, or when no trace may be sent, nothing happens.
 */
export function keepTrace(): void {
  const span = trace.getActiveSpan()?.spanContext();
  if (!keeper || !span || !isSpanContextValid(span)) return;
  markSampled(span);
  keeper.keep(span.traceId);
}

/** The context is the one that children and carriers are made of. */
function markSampled(context: ReturnType<ReadableSpan['spanContext']>): void {
  context.traceFlags |= TraceFlags.SAMPLED;
}
