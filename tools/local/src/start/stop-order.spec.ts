import { StopOrder } from './stop-order.ts';

function part(name: string, done: string[], fails = false) {
  return {
    name,
    stop: () => (fails ? Promise.reject(new Error('stuck')) : Promise.resolve(void done.push(name))),
    kill: () => void done.push(`${name} killed`),
  };
}

describe('ending what was started', () => {
  it('goes from the last to the first, past a part that fails', async () => {
    const done: string[] = [];
    const said: string[] = [];
    const order = new StopOrder();
    order.add(part('postgres', done));
    order.add(part('redis', done, true));
    order.add(part('services', done));
    await order.stopAll((sentence) => said.push(sentence));
    expect(done).toEqual(['services', 'postgres']);
    expect(said).toEqual(['redis did not end properly: stuck']);
  });

  it('also ends what came up while it was ending', async () => {
    const done: string[] = [];
    const order = new StopOrder();
    order.add(part('first', done));
    await order.stopAll(() => undefined);
    order.add(part('late', done));
    await order.stopAll(() => undefined);
    expect(done).toEqual(['first', 'late']);
  });

  it('at once waits for nothing', () => {
    const done: string[] = [];
    const order = new StopOrder();
    order.add(part('a', done));
    order.add(part('b', done));
    order.killAll();
    expect(done).toEqual(['b killed', 'a killed']);
  });
});
