import { context, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { loadConfig } from '../load-config.ts';
import { KeepFailedTraces, type KeepLimits } from './keep-failed-traces.ts';
import { samplingOf, samplingSettings } from './sampling.ts';

const NO_SHARE = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };

/** A tracer that is set up as services are, and what it has sent. */
function tracing(env: Record<string, string>, limits?: KeepLimits) {
  const exporter = new InMemorySpanExporter();
  const keeper = new KeepFailedTraces(new SimpleSpanProcessor({ exporter }), limits);
  const { sampler, keepErrors } = samplingOf(loadConfig(samplingSettings, env));
  const provider = new TracerProvider({ sampler, spanProcessors: [keeper] });
  const sent = () => exporter.getFinishedSpans().map(({ name }) => name);
  return { tracer: provider.getTracer('spec'), keeper, keepErrors, sent };
}

/** A trace of a root with these spans below it, each ended at once; the root last. */
function record(tracer: Tracer, root: string, children: string[], failing?: string): string {
  const span = tracer.startSpan(root);
  const below = trace.setSpan(context.active(), span);
  for (const name of children) {
    const child = tracer.startSpan(name, {}, below);
    if (name === failing) child.setStatus({ code: SpanStatusCode.ERROR });
    child.end();
  }
  if (root === failing) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  return span.spanContext().traceId;
}

describe('sampling', () => {
  it('sends all spans of a trace with an error, whichever of them failed, and none of the others', () => {
    const { tracer, sent } = tracing(NO_SHARE);
    record(tracer, 'good', ['a', 'b']);
    record(tracer, 'bad', ['first', 'broken', 'last'], 'broken');
    expect(sent()).toEqual(['first', 'broken', 'last', 'bad']);
    record(tracer, 'late', ['x'], 'late');
    expect(sent().slice(4)).toEqual(['x', 'late']);
  });

  it('sends what was sampled without waiting for anything', () => {
    const { tracer, sent } = tracing({});
    record(tracer, 'good', ['a']);
    expect(sent()).toEqual(['a', 'good']);
  });

  it('sends the rest of a trace that somebody asks to keep', () => {
    const { tracer, keeper, sent } = tracing(NO_SHARE);
    keeper.keep(record(tracer, 'good', ['a']));
    expect(sent()).toEqual(['a', 'good']);
  });

  it('forgets the oldest first when too much waits for an error that does not come', () => {
    const { tracer, keeper, sent } = tracing(NO_SHARE, { waitingSpans: 4, keptTraces: 10 });
    const old = record(tracer, 'old', ['a']);
    record(tracer, 'long', ['1', '2', '3', '4', '5'], 'long');
    expect(sent()).toEqual(['2', '3', '4', '5', 'long']);
    keeper.keep(old);
    expect(sent()).toHaveLength(5);
  });

  it('remembers no more traces with errors than it may', () => {
    const { tracer, keeper, sent } = tracing(NO_SHARE, { waitingSpans: 10, keptTraces: 1 });
    const span = tracer.startSpan('slow');
    keeper.keep(span.spanContext().traceId);
    record(tracer, 'bad', [], 'bad');
    span.end();
    expect(sent()).toEqual(['bad']);
  });

  it('sends nothing at all when it is off', () => {
    const { tracer, keepErrors, sent } = tracing({ OTEL_TRACES_SAMPLER: 'always_off' });
    record(tracer, 'bad', [], 'bad');
    expect({ keepErrors, sent: sent() }).toEqual({ keepErrors: false, sent: [] });
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER is "sometimes": it must be one of always_on,'],
    [{ OTEL_TRACES_SAMPLER_ARG: '10' }, 'OTEL_TRACES_SAMPLER_ARG is "10": it must be a share from 0 to 1'],
  ])('refuses %j by name', (env, sentence) => {
    expect(() => loadConfig(samplingSettings, env)).toThrow(sentence);
  });
});
