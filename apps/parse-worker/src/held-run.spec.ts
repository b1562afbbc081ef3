import type { RunProgress } from '@confscope/domain';
import { jest } from '@jest/globals';
import { HeldRun, type HeldRunLimits, RunTakenOver, TimeLimitReached, type WorkSignals } from './held-run.ts';

const LIMITS: HeldRunLimits = { softLimitMs: 3_300_000, hardLimitMs: 3_600_000, runBeatMs: 30_000 };

/** Time is set by hand here: an hour takes a moment. */
describe('a run that a worker holds', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** The run, and what is written of it; `ours` is the answer to each write. */
  function hold(limits = LIMITS, ours = () => Promise.resolve(true)) {
    const written: (RunProgress | null)[] = [];
    const beat = (_fence: unknown, progress: RunProgress | null) => {
      written.push(progress);
      return ours();
    };
    const held = new HeldRun({ beat }, { runId: 1, attempt: 1 }, new AbortController().signal, limits);
    let signals: WorkSignals | undefined;
    let end: () => void = () => undefined;
    const over = held.during((given) => {
      signals = given;
      return new Promise<void>((resolve) => (end = resolve));
    });
    if (!signals) throw new Error('The work was not begun.');
    return { held, written, signals, end: () => (end(), over) };
  }
  const progress = (files: number): RunProgress => ({ bytes_done: files, files, stanzas: 0 });

  it('has its progress written at most four times a second, however fast it is, and the last of it in the end', async () => {
    const { written, signals, end } = hold();
    for (let ms = 1; ms <= 10_000; ms++) {
      signals.onProgress(progress(ms));
      await jest.advanceTimersByTimeAsync(1);
    }
    await jest.advanceTimersByTimeAsync(1_000);
    expect(written.length).toBeLessThanOrEqual(41);
    expect(written.length).toBeGreaterThan(30);
    expect(written.at(-1)).toEqual(progress(10_000));
    await end();
  });

  it('is kept alive while it makes no progress, and no more often than it has to', async () => {
    const { written, end } = hold();
    await jest.advanceTimersByTimeAsync(300_000);
    expect(written.length).toBeGreaterThanOrEqual(9);
    expect(written.length).toBeLessThanOrEqual(10);
    await end();
    await jest.advanceTimersByTimeAsync(300_000);
    expect(written.length).toBeLessThanOrEqual(10);
  });

  it('is kept alive also when the wall clock is set back by an hour', async () => {
    const { written, end } = hold();
    const before = performance.now();
    jest.setSystemTime(Date.now() - 3_600_000);
    expect(performance.now()).toBeGreaterThanOrEqual(before);
    await jest.advanceTimersByTimeAsync(31_000);
    expect(written).toHaveLength(1);
    await end();
  });

  it('asks nothing more of a PostgreSQL that has not answered yet', async () => {
    const { written, signals, end } = hold(LIMITS, () => new Promise(() => undefined));
    for (let files = 1; files <= 20; files++) {
      signals.onProgress(progress(files));
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(written).toHaveLength(1);
    await end();
  });

  it('is stopped when it is not ours any more, and ended a second later if it does not stop', async () => {
    const { held, signals, end } = hold(LIMITS, () => Promise.resolve(false));
    await jest.advanceTimersByTimeAsync(30_250);
    expect(signals.stop.aborted).toBe(true);
    expect(held.stopReason).toBeInstanceOf(RunTakenOver);
    expect(signals.kill.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(signals.kill.aborted).toBe(true);
    await end();
  });

  it('is asked to stop at its soft limit and ended at its hard one', async () => {
    const { held, signals, end } = hold();
    await jest.advanceTimersByTimeAsync(3_299_999);
    expect(signals.stop.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(held.stopReason).toBeInstanceOf(TimeLimitReached);
    expect(signals.kill.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(300_000);
    expect(signals.kill.aborted).toBe(true);
    await end();
  });
});
