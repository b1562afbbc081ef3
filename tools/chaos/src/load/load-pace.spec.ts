import { LoadPace } from './load-pace.ts';

describe('the pace of a load', () => {
  it('follows the faults, a few uploads ahead', () => {
    const pace = new LoadPace(100, 10);
    expect([pace.mayGo(12), pace.mayGo(13)]).toEqual([true, false]);
    pace.startedFaults(5);
    expect([pace.mayGo(62), pace.mayGo(63)]).toEqual([true, false]);
    pace.faultsAreOver();
    expect(pace.mayGo(99)).toBe(true);
  });

  it('quickens while faults find nothing to hit, and keeps an upload for each of those to come', () => {
    const pace = new LoadPace(20, 5);
    for (let now = 1000; now < 1400; now += 10) pace.ask(now);
    expect([pace.mayGo(14), pace.mayGo(15)]).toEqual([true, false]);
    for (let now = 2000; now < 9000; now += 10) pace.ask(now);
    expect([pace.mayGo(15), pace.mayGo(16)]).toEqual([true, false]);
  });

  it('is spent when every upload is accepted', () => {
    const pace = new LoadPace(2, 1);
    pace.accepted();
    expect(pace.isSpent).toBe(false);
    pace.accepted();
    expect(pace.isSpent).toBe(true);
  });
});
