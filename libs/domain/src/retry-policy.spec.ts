import { decideRetry } from './retry-policy.ts';

const policy = { maxRetries: 3, delaysMs: [60_000, 180_000, 600_000] };

describe('retries of a transient error', () => {
  it('wait 60, 180 and 600 s, and then the run fails and says how often it was tried', () => {
    expect([0, 1, 2].map((n) => decideRetry(policy, n, 'database away', 0))).toEqual([
      { kind: 'retry', retry: 1, delayMs: 60_000, message: 'Transient error (retry 1): database away' },
      { kind: 'retry', retry: 2, delayMs: 180_000, message: 'Transient error (retry 2): database away' },
      { kind: 'retry', retry: 3, delayMs: 600_000, message: 'Transient error (retry 3): database away' },
    ]);
    expect(decideRetry(policy, 3, 'database away', 0)).toEqual({
      kind: 'fail',
      errorType: 'transient_exhausted',
      message: 'Failed after 3 retries: database away',
    });
  });

  it('add at most 10 % of jitter', () => {
    expect(decideRetry(policy, 0, 'x', 0.999_999)).toMatchObject({ delayMs: 66_000 });
  });

  it('repeat the last delay when there are more retries than delays', () => {
    expect(decideRetry({ maxRetries: 9, delaysMs: [10, 20] }, 7, 'x', 0)).toMatchObject({ delayMs: 20 });
  });

  it('do not happen at all when none are allowed', () => {
    expect(decideRetry({ maxRetries: 0, delaysMs: [10] }, 0, 'x', 0)).toMatchObject({ kind: 'fail' });
  });
});
