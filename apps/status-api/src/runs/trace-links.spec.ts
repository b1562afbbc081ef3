import { TraceLinks } from './trace-links.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const complete = { status: 'complete', attempt: 1, traceparent: `00-${id}-00f067aa0ba902b7-01` } as const;
const unsampled = { ...complete, traceparent: `00-${id}-00f067aa0ba902b7-00` };

describe('the link from a run to its trace', () => {
  const links = new TraceLinks('https://jaeger.example.com/ui');
  const page = `https://jaeger.example.com/ui/trace/${id}`;

  it('is there when somebody shows traces', () => {
    expect(links.of(complete)).toBe(page);
    expect(new TraceLinks('https://jaeger.example.com/ui/').of(complete)).toBe(page);
  });

  it('is there for a trace that was not sampled when the run failed, or was tried again', () => {
    expect(links.of({ ...unsampled, status: 'failed' })).toBe(page);
    expect(links.of({ ...unsampled, attempt: 2 })).toBe(page);
  });

  it('is null otherwise', () => {
    expect(links.of(unsampled)).toBeNull();
    expect(new TraceLinks(undefined).of(complete)).toBeNull();
    expect(links.of({ ...complete, traceparent: null })).toBeNull();
  });
});
