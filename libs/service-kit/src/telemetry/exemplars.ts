import { type Attributes, type Counter, type Histogram, type Meter, trace, TraceFlags } from '@opentelemetry/api';

/** A value that was measured, and the trace in which it was. */
export interface Exemplar {
  traceId: string;
  spanId: string;
  value: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** Series that may have an exemplar at once. Their number is bounded by their labels; this bounds a mistake in them. */
const MAX_SERIES = 5_000;

/** The last exemplar of each series, for a reader of OpenMetrics. */
export class Exemplars {
  readonly #bySeries = new Map<string, Exemplar>();

  /** Remembers the value when the active span is one that is sent: any other trace would be looked for in vain. */
  note(sample: string, labels: Attributes, value: number, at: number): void {
    const span = trace.getActiveSpan()?.spanContext();
    if (!span || (span.traceFlags & TraceFlags.SAMPLED) === 0) return;
    const key = seriesKey(sample, Object.entries(labels));
    if (this.#bySeries.size >= MAX_SERIES && !this.#bySeries.has(key)) return;
    this.#bySeries.set(key, { traceId: span.traceId, spanId: span.spanId, value, at });
  }

  of(sample: string, labels: readonly (readonly [string, unknown])[]): Exemplar | undefined {
    return this.#bySeries.get(seriesKey(sample, labels));
  }
}

/** The exemplars of this process. */
export const exemplars = new Exemplars();

const seriesKey = (sample: string, labels: readonly (readonly [string, unknown])[]): string =>
  `${sample} ${JSON.stringify(labels.map(([name, value]) => [name, String(value)]).toSorted())}`;

/** What is known of an instrument before its first value. */
export interface InstrumentOptions {
  description: string;
  unit?: string;
}

/** A counter whose samples name the trace of their last event. */
export function tracedCounter(meter: Meter, name: string, options: InstrumentOptions): Pick<Counter, 'add'> {
  const counter = meter.createCounter(name, options);
  return {
    add: (value, labels = {}) => {
      counter.add(value, labels);
      if (value > 0) exemplars.note(`${name}_total`, labels, value, Date.now());
    },
  };
}

/** A histogram whose buckets name the trace of the last value that fell into each. */
export function tracedHistogram(
  meter: Meter,
  name: string,
  { boundaries, ...options }: InstrumentOptions & { boundaries: readonly number[] },
): Pick<Histogram, 'record'> {
  const advice = { explicitBucketBoundaries: [...boundaries] };
  const histogram = meter.createHistogram(name, { ...options, advice });
  return {
    record: (value, labels = {}) => {
      histogram.record(value, labels);
      const upper = boundaries.find((boundary) => value <= boundary);
      exemplars.note(`${name}_bucket`, { ...labels, le: upper ?? '+Inf' }, value, Date.now());
    },
  };
}
