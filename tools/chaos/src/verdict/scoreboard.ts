import type { HappenedFault, RecoverySample } from './recovery.ts';
import { quantile } from './recovery.ts';

/** What came of a storm. Each entry of a list is a sentence about one thing that went wrong. */
export interface Verdict {
  seed: number;
  runs: number;
  /** Runs by the status they ended with. */
  ended: Record<string, number>;
  lost: string[];
  doubled: string[];
  stuck: string[];
  orphaned: string[];
  /** Everything else that must not happen: wrong answers, services that ended by themselves, secrets in logs. */
  wrong: string[];
  /** Late writes of attempts that had lost their run, refused by the fence. */
  fencedWrites: number;
  faults: HappenedFault[];
  samples: RecoverySample[];
  seconds: { calm: number; storm: number; settling: number };
}

/** Everything that went wrong, a sentence each. */
export const brokenInvariants = ({ lost, doubled, stuck, orphaned, wrong }: Verdict): string[] => [
  ...lost.map((what) => `lost: ${what}`),
  ...doubled.map((what) => `doubled: ${what}`),
  ...stuck.map((what) => `stuck: ${what}`),
  ...orphaned.map((what) => `left behind: ${what}`),
  ...wrong,
];

/** The scoreboard as text. */
export function scoreboard(verdict: Verdict): string {
  const { faults, samples } = verdict;
  const happened = faults.filter((fault) => fault.skipped === undefined);
  const kinds = [...new Set(faults.map((fault) => fault.kind))];
  const rows = kinds.map((kind) => {
    const own = samples.filter((sample) => sample.kind === kind);
    const all = own.map((sample) => sample.ms);
    const clean = own.filter((sample) => sample.isClean).map((sample) => sample.ms);
    return [
      kind,
      String(happened.filter((fault) => fault.kind === kind).length),
      seconds(quantile(clean, 0.5)),
      seconds(quantile(clean, 0.99)),
      String(clean.length),
      seconds(quantile(all, 0.5)),
      seconds(quantile(all, 0.99)),
      String(all.length),
    ];
  });
  const table = align([['fault', 'times', 'p50 s', 'p99 s', 'of', 'all: p50', 'p99', 'of'], ...rows]);
  const skips = [...new Set(faults.flatMap(({ kind, skipped }) => (skipped ? [`${kind}: ${skipped}`] : [])))];
  const ended = Object.entries(verdict.ended).map(([status, count]) => `${count} ${status}`);
  const { calm, storm, settling } = verdict.seconds;
  return [
    table,
    '',
    'Recovery: from a death or a signal until each run is claimed again or handed back; from the end of any other fault',
    'until the next run is claimed and complete, or the next upload accepted. The first three columns leave out those into',
    'which an outage of another fault fell or, for deaths, the end of another worker.',
    ...skips.map((skip) => `Not injected every time: ${skip}`),
    '',
    `${verdict.runs} runs accepted: ${ended.join(', ')}`,
    `${happened.length} faults in ${storm.toFixed(0)} s (calm run before ${calm.toFixed(0)} s, settling after ${settling.toFixed(0)} s), seed ${verdict.seed}`,
    `${verdict.fencedWrites} late writes refused by the fence`,
    `lost ${verdict.lost.length} · doubled ${verdict.doubled.length} · stuck ${verdict.stuck.length} · left behind ${verdict.orphaned.length} · wrong ${verdict.wrong.length}`,
  ].join('\n');
}

const seconds = (ms: number | undefined): string => (ms === undefined ? '–' : (ms / 1000).toFixed(1));

function align(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
