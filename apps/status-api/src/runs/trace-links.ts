import type { RunRow } from '@confscope/persistence';

/** The flag of a W3C trace context that says that the trace is sent. */
const SAMPLED = 1;

/** Where people look at the trace of a run. */
export class TraceLinks {
  /** @param uiUrl address of a Jaeger; undefined: there is none */
  constructor(private readonly uiUrl: string | undefined) {}

  /** The page of the run's trace; null when it has none, nobody shows it, or it was not sent: neither sampled nor in trouble. */
  of({ traceparent, status, attempt }: Pick<RunRow, 'traceparent' | 'status' | 'attempt'>): string | null {
    const [, traceId, , flags] = traceparent?.split('-') ?? [];
    if (this.uiUrl === undefined || traceId === undefined) return null;
    const sampled = (Number.parseInt(flags ?? '0', 16) & SAMPLED) !== 0;
    if (!sampled && status !== 'failed' && attempt < 2) return null;
    return `${this.uiUrl.replace(/\/+$/, '')}/trace/${traceId}`;
  }
}
