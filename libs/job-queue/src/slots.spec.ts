import { Slots } from './slots.ts';

const never = new AbortController().signal;

describe('the slots of a worker', () => {
  it('are as many as there are, and free again when they are given back', () => {
    const slots = new Slots(2);
    expect([slots.tryTake(), slots.tryTake(), slots.tryTake(), slots.free]).toEqual([true, true, false, 0]);
    slots.release();
    expect(slots.free).toBe(1);
  });

  it('go to whoever asked for the next one, in order, before they are seen to be free', async () => {
    const slots = new Slots(1);
    slots.tryTake();
    const [first, second] = [slots.takeNext(60_000, never), slots.takeNext(60_000, never)];
    slots.release();
    expect([await first, slots.tryTake()]).toEqual([true, false]);
    slots.release();
    expect([await second, slots.tryTake()]).toEqual([true, false]);
    slots.release();
    expect([await slots.takeNext(60_000, never), slots.free]).toEqual([true, 0]);
  });

  it('are not kept for those who gave up', async () => {
    const slots = new Slots(1);
    slots.tryTake();
    const stop = new AbortController();
    const asked = slots.takeNext(60_000, stop.signal);
    stop.abort();
    expect(await asked).toBe(false);
    expect(await slots.takeNext(1, never)).toBe(false);
    expect(await slots.takeNext(60_000, stop.signal)).toBe(false);
    slots.release();
    expect(slots.free).toBe(1);
  });
});
