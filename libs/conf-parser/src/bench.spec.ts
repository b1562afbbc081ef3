import { benchParser } from './bench.ts';

const file = new TextEncoder().encode('[a]\nkey = value\nlong = one \\\n  two\n'.repeat(50));

describe('the bench of the parser', () => {
  it.each(['one', 'all'] as const)('measures the parser and two simpler readers, keeping %s', (keep) => {
    const speeds = benchParser([file, file], 4, keep);
    expect(speeds.map((speed) => speed.name)).toEqual(['parser', 'simplest scan', 'split and regex']);
    expect(speeds[0]?.parserRatio).toBe(1);
    for (const { mbPerS, parserRatio } of speeds) {
      expect(mbPerS).toBeGreaterThan(0);
      expect(parserRatio).toBeGreaterThan(0);
    }
  });

  it('refuses to measure nothing', () => {
    expect(() => benchParser([], 3, 'one')).toThrow('no bytes');
    expect(() => benchParser([new Uint8Array()], 3, 'one')).toThrow('no bytes');
    expect(() => benchParser([file], 0, 'one')).toThrow('0 rounds');
    expect(() => benchParser([file], 1.5, 'one')).toThrow('1.5 rounds');
  });
});
