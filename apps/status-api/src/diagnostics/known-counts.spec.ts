import type { DiagnosticCount } from '@confscope/persistence';
import { KnownCounts } from './known-counts.ts';

/** Counts what it is asked: answers are a matter of the database, and tested there. */
function countsAsked() {
  const asked: number[] = [];
  const count = (id: number): Promise<DiagnosticCount[]> => {
    asked.push(id);
    return Promise.resolve([{ code: 'junk-line', severity: 'warning', count: asked.length }]);
  };
  return { asked, known: new KnownCounts({ count }) };
}

const run = (id: number, attempt = 1, status: 'complete' | 'parsing' = 'complete') => ({ id, attempt, status });

describe('the counts of findings', () => {
  it('of a complete run are counted once, and anew when it was parsed again', async () => {
    const { asked, known } = countsAsked();
    const first = await known.of(run(1));
    expect(await known.of(run(1))).toBe(first);
    expect(await known.of(run(1, 2))).not.toBe(first);
    expect(asked).toEqual([1, 1]);
  });

  it('of a run that may change are counted each time', async () => {
    const { asked, known } = countsAsked();
    await known.of(run(1, 1, 'parsing'));
    await known.of(run(1, 1, 'parsing'));
    expect(asked).toEqual([1, 1]);
  });

  it('are forgotten for the runs that nobody has asked for the longest', async () => {
    const { asked, known } = countsAsked();
    for (let id = 1; id <= 1000; id++) await known.of(run(id));
    await known.of(run(1));
    await known.of(run(1001));
    asked.length = 0;
    await known.of(run(1));
    await known.of(run(2));
    expect(asked).toEqual([2]);
  });
});
