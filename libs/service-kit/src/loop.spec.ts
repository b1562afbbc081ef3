import { EventEmitter, once } from 'node:events';
import { Loop } from './loop.ts';

describe('a loop', () => {
  it('turns until it is stopped, and waits for the turn in hand', async () => {
    const turns = new EventEmitter();
    let running = false;
    const loop = new Loop({ name: 'l', everyMs: 1, onError: () => undefined }, async () => {
      running = true;
      turns.emit('turn');
      await new Promise((resolve) => setImmediate(resolve));
      running = false;
    }).start();
    await once(turns, 'turn');
    await once(turns, 'turn');
    await loop.stop();
    expect(running).toBe(false);
    expect(turns.listenerCount('turn')).toBe(0);
  });

  it('reports a turn that fails and goes on', async () => {
    const failures: unknown[] = [];
    let turn = 0;
    const recovered = new EventEmitter();
    const loop = new Loop(
      { name: 'l', everyMs: 1, maxBackoffMs: 1, onError: (e, name) => failures.push([name, e]) },
      () => {
        if (++turn < 3) return Promise.reject(new Error(`turn ${turn}`));
        recovered.emit('turn');
        return Promise.resolve();
      },
    ).start();
    await once(recovered, 'turn');
    await loop.stop();
    expect(failures).toEqual([
      ['l', new Error('turn 1')],
      ['l', new Error('turn 2')],
    ]);
  });

  it('knows how long ago it turned, whatever becomes of the wall clock', async () => {
    const events = new EventEmitter();
    const loop = new Loop({ name: 'l', everyMs: 1, onError: () => undefined }, async () => {
      events.emit('turn');
      await once(events, 'go on');
    }).start();
    const { now } = Date;
    try {
      Date.now = () => now() + 3_600_000;
      const before = loop.sinceTurnMs;
      const next = once(events, 'turn');
      events.emit('go on');
      await next;
      expect(before).toBeLessThan(600_000);
      expect(loop.sinceTurnMs).toBeLessThan(600_000);
      expect(loop.sinceTurnMs).toBeGreaterThanOrEqual(0);
    } finally {
      Date.now = now;
      const stopped = loop.stop();
      events.emit('go on');
      await stopped;
    }
  });

  it('tells its turn to hurry when it is stopped', async () => {
    const reasons: unknown[] = [];
    const loop = new Loop({ name: 'l', everyMs: 0, onError: (error) => reasons.push(error) }, async (signal) => {
      await once(signal, 'abort');
      reasons.push('hurried');
    }).start();
    await loop.stop();
    expect(reasons).toEqual(['hurried']);
  });
});
