import { BAD_SHAPES, buildArchive } from './archives.ts';

describe('the archives of a storm', () => {
  it.each(['single', 'tiny', 'medium', ...BAD_SHAPES] as const)('are the same for the same seed: %s', async (shape) => {
    const spec = { shape, seed: 3, packing: 0 };
    const one = await buildArchive(spec, 1);
    expect(await buildArchive(spec, 1)).toEqual(one);
    expect(one.content.length).toBeGreaterThan(0);
    expect(one.holds === null).toBe((BAD_SHAPES as readonly string[]).includes(shape));
  });

  it('hold the same in other bytes when they are packed anew', async () => {
    const first = await buildArchive({ shape: 'medium', seed: 3, packing: 0 }, 1);
    const anew = await buildArchive({ shape: 'medium', seed: 3, packing: 7 }, 1);
    expect(anew.holds).toEqual(first.holds);
    expect(anew.content.equals(first.content)).toBe(false);
  });
});
