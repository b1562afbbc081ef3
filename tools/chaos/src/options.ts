import { parseArgs } from 'node:util';

/** What one storm is made of. */
export interface StormOptions {
  /** Chooses archives, faults, their order, their targets and their lengths. */
  seed: number;
  /** Uploads. */
  runs: number;
  faults: number;
  workers: number;
  /** Mean pause between the starts of two faults. */
  gapMs: number;
  leaseMs: number;
  /** Settings of the services that differ from their defaults. */
  env: Record<string, string>;
  /** Only faults of these kinds; all when empty. */
  only: readonly string[];
  /** Scales how many apps large archives hold. */
  sizeFactor: number;
  /** Keeps logs and verdict also when nothing broke. */
  keepLogs: boolean;
}

export const LONG_FORM: StormOptions = {
  seed: 1,
  runs: 1000,
  faults: 300,
  workers: 3,
  gapMs: 3_500,
  leaseMs: 20_000,
  env: {},
  only: [],
  sizeFactor: 1,
  keepLogs: false,
};

/** The same storm in a minute: leases and pauses are a tenth as long. */
export const SHORT_FORM: StormOptions = {
  ...LONG_FORM,
  runs: 30,
  faults: 16,
  workers: 2,
  gapMs: 800,
  leaseMs: 2_000,
  env: {
    LEASE_S: '2',
    HEARTBEAT_INTERVAL_S: '0.4',
    RECONCILE_INTERVAL_S: '1',
    TASK_RETRY_DELAYS_S: '1,2,4',
    WORKER_CONCURRENCY: '1',
  },
  sizeFactor: 0.4,
};

const HELP = `npm run chaos -- [--seed N] [--runs N] [--faults N] [--workers N] [--gap-ms N] [--size PERCENT] [--only kind,kind] [--short] [--keep-logs]`;

/** Reads the command line; throws with a sentence about what is wrong with it. */
export function readOptions(args: string[]): StormOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      runs: { type: 'string' },
      faults: { type: 'string' },
      workers: { type: 'string' },
      'gap-ms': { type: 'string' },
      size: { type: 'string' },
      only: { type: 'string' },
      short: { type: 'boolean' },
      'keep-logs': { type: 'boolean' },
    },
  });
  const form = values.short ? SHORT_FORM : LONG_FORM;
  const number = (name: 'seed' | 'runs' | 'faults' | 'workers' | 'gap-ms' | 'size', fallback: number): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}".\n${HELP}`);
    return Number(text);
  };
  return {
    ...form,
    seed: number('seed', form.seed),
    runs: number('runs', form.runs),
    faults: number('faults', form.faults),
    workers: Math.max(1, number('workers', form.workers)),
    gapMs: number('gap-ms', form.gapMs),
    sizeFactor: number('size', form.sizeFactor * 100) / 100,
    only: values.only?.split(',') ?? [],
    keepLogs: values['keep-logs'] ?? false,
  };
}
