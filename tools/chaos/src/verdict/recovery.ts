import type { Injected, Recovery } from '../faults/fault.ts';
import type { Accepted } from '../load/sender.ts';
import type { System } from '../system/system.ts';

/** A fault that happened, and of which kind it was. */
export interface HappenedFault extends Injected {
  n: number;
  kind: string;
  recovery: Recovery;
  isOutage: boolean;
}

/** How long one recovery took. `isClean`: no outage of another fault fell into it, nor, for a death, the end of another worker: it tells of this fault alone. */
export interface RecoverySample {
  kind: string;
  ms: number;
  isClean: boolean;
}

interface AttemptRow {
  run_id: number;
  attempt: number;
  worker: string;
  outcome: string | null;
  started: number;
  ended: number | null;
}

/** After an outage its connections still have to be made again. */
const AFTERMATH_MS = 3_000;

/** Reads from the ledger of attempts how long the system took to work again after each fault. */
export async function recoverySamples(
  system: System,
  faults: readonly HappenedFault[],
  accepted: readonly Accepted[],
): Promise<RecoverySample[]> {
  const attempts = await system.rows<AttemptRow>(
    `select run_id::int, attempt, worker, outcome, extract(epoch from started_at) * 1000 as started,
            extract(epoch from ended_at) * 1000 as ended
       from attempts order by started_at`,
  );
  for (const row of attempts) {
    row.started = Number(row.started);
    row.ended = row.ended === null ? null : Number(row.ended);
  }
  const next = new Map(attempts.map((row) => [`${row.run_id}/${row.attempt - 1}`, row]));
  return faults.flatMap((fault) => {
    const { kind, startedAt, endedAt } = fault;
    const sample = (from: number, to: number | undefined): RecoverySample[] =>
      to === undefined ? [] : [{ kind, ms: Math.max(0, to - from), isClean: isClean(fault, from, to, faults) }];
    const held = attempts.filter(
      (row) => row.worker.includes(`-${fault.pid}-`) && row.started < startedAt && (row.ended ?? Infinity) >= startedAt,
    );
    switch (fault.recovery) {
      case 'taken-over':
        return held
          .filter((row) => row.outcome !== 'complete' && row.outcome !== 'failed' && row.outcome !== 'handed_back')
          .flatMap((row) => sample(startedAt, next.get(`${row.run_id}/${row.attempt}`)?.started));
      case 'handed-back':
        return held
          .filter((row) => row.outcome === 'handed_back')
          .flatMap((row) => sample(startedAt, row.ended ?? undefined));
      case 'working':
        return sample(
          endedAt,
          attempts.reduce<number | undefined>(
            (first, row) =>
              row.started >= endedAt && row.outcome === 'complete' && (row.ended ?? Infinity) < (first ?? Infinity)
                ? (row.ended ?? undefined)
                : first,
            undefined,
          ),
        );
      case 'accepting':
        return sample(
          endedAt,
          accepted.reduce<number | undefined>(
            (first, { at }) => (at > endedAt && at < (first ?? Infinity) ? at : first),
            undefined,
          ),
        );
    }
  });
}

/** Of workers that die together, none tells how soon the runs of one are taken over by the others. */
const isClean = (fault: HappenedFault, from: number, to: number, faults: readonly HappenedFault[]): boolean =>
  !faults.some(
    (other) =>
      other !== fault &&
      (other.isOutage || (fault.recovery === 'taken-over' && takesAWorker(other))) &&
      other.startedAt < to &&
      other.endedAt + AFTERMATH_MS > from,
  );

const takesAWorker = ({ recovery, skipped }: HappenedFault): boolean =>
  skipped === undefined && (recovery === 'taken-over' || recovery === 'handed-back');

/** The value that this share of the list does not exceed. */
export function quantile(list: readonly number[], share: number): number | undefined {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
