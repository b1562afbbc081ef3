import { TraceLinks } from './trace-links.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('the link from a run to its trace', () => {
  it('is there when somebody shows traces', () => {
    const page = 'https://jaeger.example.com/ui/trace/4bf92f3577b34da6a3ce929d0e0e4736';
    expect(new TraceLinks('https://jaeger.example.com/ui').of({ traceparent })).toBe(page);
    expect(new TraceLinks('https://jaeger.example.com/ui/').of({ traceparent })).toBe(page);
  });

  it('is null otherwise', () => {
    expect(new TraceLinks(undefined).of({ traceparent })).toBeNull();
    expect(new TraceLinks('https://jaeger.example.com').of({ traceparent: null })).toBeNull();
  });
});
