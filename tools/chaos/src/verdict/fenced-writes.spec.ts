import { fencedWritesIn } from './fenced-writes.ts';

describe('the count of refused late writes', () => {
  it('is read out of what a worker tells of itself', () => {
    const metrics =
      '# TYPE fenced_writes_total counter\nfenced_writes_total{service="w"} 3\nother_fenced_writes_total 9\n';
    expect(fencedWritesIn(metrics)).toBe(3);
    expect(fencedWritesIn('fenced_writes_total 2\n')).toBe(2);
    expect(fencedWritesIn('')).toBe(0);
  });
});
