import { drawCharts } from './line-chart.ts';

describe('a chart', () => {
  const line = (label: string, ys: number[]) => ({
    label,
    unit: 'ms' as const,
    points: ys.map((y, at) => ({ x: 10 ** at, y })),
  });

  it('draws what grows tenfold at each step as a straight line, from one corner to the other', () => {
    const svg = drawCharts([{ title: 'a & b', along: 'apps', lines: [line('time', [1, 10, 100])] }]);
    expect(svg).toContain('points="56,274 183,157 310,40"');
    expect(svg).toContain('a &amp; b');
    expect(svg).toContain('time: 100 ms');
  });

  it('keeps labels apart whose lines end at one height', () => {
    const svg = drawCharts([{ title: 't', along: 'x', lines: [line('one', [1, 5]), line('two', [2, 5])] }]);
    const [one, two] = [...svg.matchAll(/y="([\d.]+)"[^>]*>(?:one|two):/g)].map(([, y]) => Number(y));
    expect((two ?? 0) - (one ?? 0)).toBeGreaterThanOrEqual(14);
  });

  it('takes a single point', () => {
    expect(drawCharts([{ title: 't', along: 'x', lines: [line('one', [3])] }])).not.toContain('NaN');
  });
});
