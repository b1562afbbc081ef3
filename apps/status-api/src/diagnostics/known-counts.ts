import type { DiagnosticCount, DiagnosticQueries, RunRow } from '@confscope/persistence';

const ANY_DIAGNOSTIC = { severity: null, code: null, app: null, conf: null };
/** Runs whose counts are remembered: a few kilobytes each. */
const MAX_RUNS = 1_000;

/**
 * How many findings of each code a run has. Counting looks at all files of the run, and people look at one run again and
 * again; as a complete run never changes, its counts are remembered, those asked for last.
 */
export class KnownCounts {
  readonly #counts = new Map<string, readonly DiagnosticCount[]>();

  constructor(private readonly diagnostics: Pick<DiagnosticQueries, 'count'>) {}

  async of(run: Pick<RunRow, 'id' | 'attempt' | 'status'>): Promise<readonly DiagnosticCount[]> {
    if (run.status !== 'complete') return this.diagnostics.count(run.id, ANY_DIAGNOSTIC);
    // Parsed again, it has another attempt.
    const key = `${run.id}/${run.attempt}`;
    const counts = this.#counts.get(key) ?? (await this.diagnostics.count(run.id, ANY_DIAGNOSTIC));
    this.#counts.delete(key);
    this.#counts.set(key, counts);
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= MAX_RUNS) break;
      this.#counts.delete(oldest);
    }
    return counts;
  }
}
