import { Surroundings } from './surroundings.ts';

describe('the surroundings of a worker', () => {
  const changes: (readonly string[])[] = [];
  const state = { postgres: true, storage: true };
  const check = (name: keyof typeof state) => () => (state[name] ? Promise.resolve() : Promise.reject(new Error('x')));
  const surroundings = new Surroundings(
    [
      { name: 'PostgreSQL', check: check('postgres') },
      { name: 'the storage', check: check('storage') },
    ],
    { onChange: (away) => changes.push(away), onError: () => undefined },
  );

  it('tell what is away, and each change once', async () => {
    expect(await surroundings.check()).toEqual([]);
    state.storage = false;
    expect(await surroundings.check()).toEqual(['the storage']);
    expect(await surroundings.check()).toEqual(['the storage']);
    state.postgres = false;
    expect(await surroundings.check()).toEqual(['PostgreSQL', 'the storage']);
    state.postgres = state.storage = true;
    expect(await surroundings.check()).toEqual([]);
    expect(changes).toEqual([['the storage'], ['PostgreSQL', 'the storage'], []]);
  });
});
