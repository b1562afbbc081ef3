import type { RunRow } from '@confscope/persistence';

/** Where people look at the trace of a run. */
export class TraceLinks {
  /** @param uiUrl address of a Jaeger; undefined: there is none */
  constructor(private readonly uiUrl: string | undefined) {}

  /** The page of the run's trace; null when it has none, or nobody shows it. */
  of({ traceparent }: Pick<RunRow, 'traceparent'>): string | null {
    const traceId = traceparent?.split('-')[1];
    if (this.uiUrl === undefined || traceId === undefined) return null;
    return `${this.uiUrl.replace(/\/+$/, '')}/trace/${traceId}`;
  }
}
