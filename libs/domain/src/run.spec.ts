import { canBecome, NEXT, RUN_STATUSES, taskStatusOf } from './run.ts';

describe('the life of a run', () => {
  it('never leaves complete, so a stored result cannot be replaced', () => {
    for (const to of RUN_STATUSES) expect(canBecome('complete', to)).toBe(false);
  });

  it('reaches every status from pending', () => {
    const reached = new Set<string>(['pending']);
    for (const status of reached) for (const next of NEXT[status as keyof typeof NEXT]) reached.add(next);
    expect([...reached].sort()).toEqual([...RUN_STATUSES].sort());
  });

  it('is told to task clients in their own words', () => {
    expect(RUN_STATUSES.map((s) => taskStatusOf(s, 0))).toEqual([
      'PENDING',
      'PENDING',
      'STARTED',
      'SUCCESS',
      'FAILURE',
      'REVOKED',
    ]);
    expect(taskStatusOf('stored', 2)).toBe('RETRY');
  });
});
