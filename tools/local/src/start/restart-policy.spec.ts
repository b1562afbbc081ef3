import { afterEnd, RESTART_POLICY, type RestartHistory } from './restart-policy.ts';

function delays(lives: number[], wasEverReady: boolean): (number | 'give up')[] {
  let history: RestartHistory = { ends: 0, wasEverReady };
  return lives.map((livedMs) => {
    const next = afterEnd(RESTART_POLICY, history, livedMs);
    history = next.history;
    return next.delayMs;
  });
}

describe('restarting a service', () => {
  it('waits twice as long after each end, half a minute at most', () => {
    expect(delays([5, 5, 5, 5, 5, 5, 5], true)).toEqual([1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3]);
  });

  it('begins anew once a life was long enough', () => {
    expect(delays([5, 5, 60_000, 5], true)).toEqual([1e3, 2e3, 1e3, 2e3]);
  });

  it('is given up after five ends when the service was never ready', () => {
    expect(delays([5, 5, 5, 5, 5], false)).toEqual([1e3, 2e3, 4e3, 8e3, 'give up']);
  });
});
