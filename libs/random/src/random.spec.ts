import { chosen, Random } from './random.ts';

describe('chance', () => {
  it('comes out the same for the same seed, on every machine', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 4 }, () => random.below(1000));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(7)).toEqual([11, 61, 976, 699]);
  });

  it('reaches both ends of a range, and nothing beyond', () => {
    const random = new Random(3);
    const drawn = new Set(Array.from({ length: 500 }, () => random.int(-2, 2)));
    expect([...drawn].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  it('shuffles without losing or doubling', () => {
    const list = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = new Random(5).shuffled(list);
    expect(shuffled).not.toEqual(list);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(list);
  });

  it('is skewed about the mean it was given', () => {
    const random = new Random(9);
    const values = Array.from({ length: 20_000 }, () => random.skewed(100, 1));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(90);
    expect(mean).toBeLessThan(110);
    expect(values.filter((value) => value < 100).length).toBeGreaterThan(values.length * 0.6);
  });

  it('has nothing to choose from an empty list', () => {
    expect(() => chosen([], 0.5)).toThrow('nothing to choose');
    expect(() => new Random(1).pick([])).toThrow('nothing to choose');
  });
});
