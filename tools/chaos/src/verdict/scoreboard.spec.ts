import { quantile } from './recovery.ts';
import { brokenInvariants, scoreboard, type Verdict } from './scoreboard.ts';

const fault = (n: number, kind: string, skipped?: string) => ({
  n,
  kind,
  recovery: 'working' as const,
  isOutage: false,
  target: 'x',
  startedAt: 0,
  endedAt: 0,
  ...(skipped === undefined ? {} : { skipped }),
});

const verdict: Verdict = {
  seed: 42,
  runs: 3,
  ended: { complete: 2, failed: 1 },
  lost: [],
  doubled: [],
  stuck: [],
  orphaned: [],
  wrong: [],
  fencedWrites: 5,
  faults: [fault(0, 'Redis emptied'), fault(1, 'Redis emptied'), fault(2, 'disk full', 'no root')],
  samples: [
    { kind: 'Redis emptied', ms: 1000, isClean: true },
    { kind: 'Redis emptied', ms: 9000, isClean: false },
  ],
  seconds: { calm: 1, storm: 2, settling: 3 },
};

describe('the scoreboard', () => {
  it('counts the faults that happened, with the recoveries that tell of them alone beside all of them', () => {
    const lines = scoreboard(verdict).split('\n');
    expect(lines[1]?.split(/\s{2,}/)).toEqual(['Redis emptied', '2', '1.0', '1.0', '1', '1.0', '9.0', '2']);
    expect(lines[2]?.split(/\s{2,}/)).toEqual(['disk full', '0', '–', '–', '0', '–', '–', '0']);
    expect(lines).toContain('Not injected every time: disk full: no root');
    expect(lines).toContain('5 late writes refused by the fence');
    expect(lines.at(-1)).toBe('lost 0 · doubled 0 · stuck 0 · left behind 0 · wrong 0');
    expect(brokenInvariants(verdict)).toEqual([]);
  });

  it('names everything that broke', () => {
    expect(brokenInvariants({ ...verdict, lost: ['run 1 is gone'], orphaned: ['a blob'] })).toEqual([
      'lost: run 1 is gone',
      'left behind: a blob',
    ]);
  });

  it('takes as a quantile the value that this share does not exceed', () => {
    expect(quantile([], 0.5)).toBeUndefined();
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([3, 1, 2], 0.99)).toBe(3);
  });
});
