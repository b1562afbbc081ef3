import { isTraced } from './is-traced.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('a process', () => {
  it.each([
    [endpoint, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: 'None' }, false],
    [{ ...endpoint, OTEL_SDK_DISABLED: ' TRUE' }, false],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'false' }, true],
  ])('with %j is traced: %s', (env, traced) => {
    expect(isTraced(env)).toBe(traced);
  });
});
