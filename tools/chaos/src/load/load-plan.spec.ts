import { BAD_SHAPES } from './archives.ts';
import { planLoad } from './load-plan.ts';

describe('the load of a storm', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'has every size, a bad archive, and duplicates in the same and in other bytes: seed %i',
    (seed) => {
      const { archives, uploads } = planLoad(seed, 30);
      const shapes = uploads.map(({ archive }) => archives[archive]?.shape);
      const bad = shapes.filter((shape) => (BAD_SHAPES as readonly unknown[]).includes(shape));
      expect(shapes).toEqual(expect.arrayContaining(['single', 'tiny', 'medium', 'large', 'huge']));
      expect(bad.length).toBeGreaterThan(0);
      expect(bad.length).toBeLessThanOrEqual(6);
      expect(uploads.length - archives.length).toBeGreaterThanOrEqual(4);
      expect(archives.filter(({ packing }) => packing > 0).length).toBeGreaterThanOrEqual(2);
    },
  );
});
