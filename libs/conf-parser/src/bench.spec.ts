import { benchParser } from './bench.ts';

const options = { rounds: 3, warmUpBytes: 0, keep: 'one' } as const;
const file = new TextEncoder().encode('[a]\nkey = value\nlong = one \\\n  two\n'.repeat(50));

describe('the bench of the parser', () => {
  it.each(['one', 'all'] as const)('measures the parser and two simpler readers, keeping %s', (keep) => {
    const speeds = benchParser([file, file], { rounds: 4, warmUpBytes: 20_000, keep });
    expect(speeds.map((speed) => speed.name)).toEqual(['parser', 'simplest scan', 'split and regex']);
    expect(speeds[0]?.parserRatio).toBe(1);
    for (const { mbPerS, parserRatio } of speeds) {
      expect(mbPerS).toBeGreaterThan(0);
      expect(parserRatio).toBeGreaterThan(0);
    }
  });

  it('refuses to measure nothing', () => {
    expect(() => benchParser([], options)).toThrow('no bytes');
    expect(() => benchParser([new Uint8Array()], options)).toThrow('no bytes');
    expect(() => benchParser([file], { ...options, rounds: 0 })).toThrow('0 rounds');
    expect(() => benchParser([file], { ...options, rounds: 1.5 })).toThrow('1.5 rounds');
  });
});
