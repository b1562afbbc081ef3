import { benchParser } from './bench.ts';

const file = new TextEncoder().encode('[a]\nkey = value\nlong = one \\\n  two\n'.repeat(50));

describe('the bench of the parser', () => {
  it('measures the parser and two simpler readers against the naive scan', () => {
    const speeds = benchParser([file, file], 4);
    expect(speeds.map((speed) => speed.name)).toEqual(['naive indexOf scan', 'parseConfBytes', 'split and regex']);
    expect(speeds[0]?.ratio).toBe(1);
    for (const { mbPerS, ratio } of speeds) {
      expect(mbPerS).toBeGreaterThan(0);
      expect(ratio).toBeGreaterThan(0);
    }
  });

  it('refuses to measure nothing', () => {
    expect(() => benchParser([], 3)).toThrow('no bytes');
    expect(() => benchParser([new Uint8Array()], 3)).toThrow('no bytes');
    expect(() => benchParser([file], 0)).toThrow('0 rounds');
    expect(() => benchParser([file], 1.5)).toThrow('1.5 rounds');
  });
});
