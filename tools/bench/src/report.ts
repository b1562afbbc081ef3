import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One figure of the bench. */
export interface Figure {
  /** Names the figure for ever, as in `ingest/300/first`. */
  id: string;
  /** What was measured, in words. */
  what: string;
  value: number;
  unit: 'µs' | 'ms' | 'MB/s' | 'MiB' | '/s' | 'x' | '%';
  /** To what, in the same run, the figure is compared; the ratio is the median of the rounds' own ratios. */
  ratio?: { to: string; value: number };
  /** What the ratio, or the value where there is none, must not pass. */
  bar?: { most: number } | { least: number };
  /** How far the rounds lie apart, as a share of their median. */
  spread?: number;
}

export interface Report {
  at: string;
  machine: { cpu: string; cores: number; node: string };
  figures: Figure[];
}

export function reportOf(figures: Figure[], at: Date): Report {
  const all = cpus();
  const machine = { cpu: all[0]?.model ?? 'unknown', cores: all.length, node: process.version };
  return { at: at.toISOString(), machine, figures };
}

const compared = (figure: Figure): number => figure.ratio?.value ?? figure.value;

/** Whether the figure keeps its bar; null when it has none. */
export function keepsBar({ bar, ...figure }: Figure): boolean | null {
  if (!bar) return null;
  return 'most' in bar ? compared(figure) <= bar.most : compared(figure) >= bar.least;
}

/** The figures as a table for people; with an earlier report also how each has changed since. */
export function tableOf(figures: readonly Figure[], earlier?: Report): string {
  const before = new Map(earlier?.figures.map((figure) => [figure.id, figure]));
  const rows = figures.map((figure) => [
    figure.what,
    `${shortNumber(figure.value)} ${figure.unit}`,
    figure.ratio ? `${figure.ratio.value.toFixed(2)}× ${figure.ratio.to}` : '',
    barOf(figure),
    figure.spread === undefined ? '' : `±${Math.round(figure.spread * 50)} %`,
    ...(earlier ? [changeOf(figure, before.get(figure.id))] : []),
  ]);
  const head = ['what', 'median', 'ratio', 'bar', 'noise', ...(earlier ? ['change'] : [])];
  return alignedTable([head, ...rows]);
}

function barOf(figure: Figure): string {
  const kept = keepsBar(figure);
  if (kept === null || !figure.bar) return '';
  const limit = 'most' in figure.bar ? `≤ ${figure.bar.most}` : `≥ ${figure.bar.least}`;
  return `${limit} ${kept ? 'ok' : 'MISSED'}`;
}

/** Ratios are compared where there are some: they hold on a machine that is slower today. */
function changeOf(now: Figure, before: Figure | undefined): string {
  if (!before) return 'new';
  const change = (compared(now) / compared(before) - 1) * 100;
  return `${change >= 0 ? '+' : ''}${change.toFixed(1)} %`;
}

function shortNumber(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function alignedTable(rows: readonly string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [lines[0], widths.map((width) => '─'.repeat(width)).join('  '), ...lines.slice(1)].join('\n');
}

export function writeReport(file: string, report: Report): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** Reads an earlier report; throws a sentence when the file is none. */
export function readReport(file: string): Report {
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be compared with: ${(error as Error).message}`, { cause: error });
  }
  if (typeof report === 'object' && report !== null && 'figures' in report && Array.isArray(report.figures))
    return report as Report;
  throw new Error(`${file} cannot be compared with: it is no report of the bench.`);
}
