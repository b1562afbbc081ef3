import { BAD_SHAPES, buildArchive } from './archives.ts';

describe('the archives of a storm', () => {
  it.each(['single', 'tiny', 'medium', ...BAD_SHAPES] as const)('are the same for the same seed: %s', async (shape) => {
    const one = await buildArchive({ shape, seed: 3 }, 1);
    expect(await buildArchive({ shape, seed: 3 }, 1)).toEqual(one);
    expect(one.content.length).toBeGreaterThan(0);
    expect(one.holds === null).toBe((BAD_SHAPES as readonly string[]).includes(shape));
  });
});
