import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { Exemplars } from './exemplars.ts';
import { openMetricsOf, prefersOpenMetrics } from './open-metrics.ts';

const TEXT = `# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service_name="parse-worker"} 1
# HELP runs_finished_total Runs that ended.
# TYPE runs_finished_total counter
runs_finished_total{result="complete",error_type="none"} 2
runs_finished_total{result="failed",error_type="crash"} 0
# HELP run_duration_seconds From claim to end.
# UNIT run_duration_seconds s
# TYPE run_duration_seconds histogram
run_duration_seconds_count{result="complete"} 2
run_duration_seconds_sum{result="complete"} 1.5
run_duration_seconds_bucket{result="complete",le="0.5"} 0
run_duration_seconds_bucket{result="complete",le="1"} 2
run_duration_seconds_bucket{result="complete",le="+Inf"} 2
# HELP old_total A gauge whose name ends so.
# TYPE old_total gauge
old_total 3
`;

const inSpan = (traceFlags: TraceFlags, work: () => void): void => {
  const span = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags };
  context.with(trace.setSpanContext(ROOT_CONTEXT, span), work);
};

describe('OpenMetrics', () => {
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());

  it('says the same as the older format, with families of counters, exact bounds and an end', () => {
    expect(openMetricsOf(TEXT, new Exemplars()).split('\n')).toEqual([
      '# HELP target_info Target metadata',
      '# TYPE target_info gauge',
      'target_info{service_name="parse-worker"} 1',
      '# HELP runs_finished Runs that ended.',
      '# TYPE runs_finished counter',
      'runs_finished_total{result="complete",error_type="none"} 2',
      'runs_finished_total{result="failed",error_type="crash"} 0',
      '# HELP run_duration_seconds From claim to end.',
      '# TYPE run_duration_seconds histogram',
      'run_duration_seconds_count{result="complete"} 2',
      'run_duration_seconds_sum{result="complete"} 1.5',
      'run_duration_seconds_bucket{result="complete",le="0.5"} 0',
      'run_duration_seconds_bucket{result="complete",le="1.0"} 2',
      'run_duration_seconds_bucket{result="complete",le="+Inf"} 2',
      '# HELP old_total A gauge whose name ends so.',
      '# TYPE old_total gauge',
      'old_total 3',
      '# EOF',
      '',
    ]);
  });

  it('shows the last sampled value of each series with its trace, and no other', () => {
    const exemplars = new Exemplars();
    inSpan(TraceFlags.SAMPLED, () => {
      exemplars.note('run_duration_seconds_bucket', { le: 1, result: 'complete' }, 0.7, 1_000);
      exemplars.note('run_duration_seconds_bucket', { le: 1, result: 'complete' }, 0.8, 2_500);
      exemplars.note('runs_finished_total', { error_type: 'none', result: 'complete' }, 1, 2_500);
    });
    const unseen = () => exemplars.note('runs_finished_total', { result: 'failed', error_type: 'crash' }, 1, 3_000);
    inSpan(TraceFlags.NONE, unseen);
    unseen();
    const marked = openMetricsOf(TEXT, exemplars)
      .split('\n')
      .filter((line) => line.includes(' # {'));
    const ids = `{trace_id="${'ab'.repeat(16)}",span_id="${'cd'.repeat(8)}"}`;
    expect(marked).toEqual([
      `runs_finished_total{result="complete",error_type="none"} 2 # ${ids} 1 2.5`,
      `run_duration_seconds_bucket{result="complete",le="1.0"} 2 # ${ids} 0.8 2.5`,
    ]);
  });

  it.each([
    [undefined, false],
    ['*/*', false],
    ['text/plain', false],
    ['application/openmetrics-text', true],
    // As Prometheus 2 and 3 ask.
    ['application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,*/*;q=0.1', true],
    ['application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3', true],
    ['application/openmetrics-text;q=0.2,text/plain;q=0.9', false],
    ['application/openmetrics-text;q=0', false],
  ])('is given to a reader that accepts %j: %j', (accept, expected) => {
    expect(prefersOpenMetrics(accept)).toBe(expected);
  });
});
