import { parseArgs } from 'node:util';
import { FAULT_KINDS } from './faults/schedule.ts';

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

export const USAGE = `Usage: npm run chaos -- [options]

Parses a load of archives calmly, then raises a storm of faults over the same load and compares what came of it.

  --seed N        what the storm is made from (${LONG_FORM.seed}); equal seeds give equal loads and faults
  --runs N        uploads (${LONG_FORM.runs})
  --faults N      faults (${LONG_FORM.faults})
  --workers N     workers (${LONG_FORM.workers})
  --gap-ms N      mean pause between two faults (${LONG_FORM.gapMs})
  --size PERCENT  how many apps large archives hold (100)
  --only KINDS    only faults of these kinds, separated by commas
  --short         the minute that npm test runs: ${SHORT_FORM.runs} uploads, ${SHORT_FORM.faults} faults, short leases
  --keep-logs     keep the logs also when nothing broke
  --help          this text

Kinds of faults:
${FAULT_KINDS.map(({ kind }) => `  ${kind}`).join('\n')}

Ends with 0 when every invariant held, 1 when one broke, 2 when the options are wrong.`;

/** What is wrong with the command line, in a sentence. */
export class BadOptions extends Error {
  override readonly name = 'BadOptions';
}

/** An option that takes a whole number, and the least one that makes sense. */
const NUMBERS = { seed: 0, runs: 1, faults: 0, workers: 1, 'gap-ms': 0, size: 1 } as const;

/**
 * Reads the command line; null when it asks for the usage.
 *
 * @throws BadOptions naming what is wrong
 */
export function readOptions(args: string[]): StormOptions | null {
  const values = valuesOf(args);
  if (values.help) return null;
  const form = values.short ? SHORT_FORM : LONG_FORM;
  const number = (name: keyof typeof NUMBERS, fallback: number): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text) || Number(text) < NUMBERS[name])
      throw new BadOptions(`--${name} takes a whole number of at least ${NUMBERS[name]}, not "${text}".`);
    return Number(text);
  };
  return {
    ...form,
    seed: number('seed', form.seed),
    runs: number('runs', form.runs),
    faults: number('faults', form.faults),
    workers: number('workers', form.workers),
    gapMs: number('gap-ms', form.gapMs),
    sizeFactor: number('size', form.sizeFactor * 100) / 100,
    only: kindsOf(values.only),
    keepLogs: values['keep-logs'] ?? false,
  };
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({
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
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    // Its messages name the option or the argument.
    throw error instanceof TypeError ? new BadOptions(error.message) : error;
  }
}

function kindsOf(text: string | undefined): string[] {
  const kinds = text?.split(',').map((kind) => kind.trim()) ?? [];
  const unknown = kinds.find((kind) => !FAULT_KINDS.some((known) => known.kind === kind));
  if (unknown !== undefined) throw new BadOptions(`--only: no kind of fault is called "${unknown}".`);
  return kinds;
}
