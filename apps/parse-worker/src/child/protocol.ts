import type { RunProgress } from '@confscope/domain';
import type { PublishedCounts } from '../worker-metrics.ts';

/** What a parsing process is asked to do: one attempt at one run. */
export interface ParseJob {
  runId: number;
  attempt: number;
  projectId: number;
  archiveKey: string;
  archiveName: string;
  /** W3C trace context that the spans of the work belong to. */
  traceparent: string | null;
}

/** How an attempt ended, as far as the parsing process can tell. */
export type ParseOutcome =
  /** The result is published. */
  | { kind: 'complete'; counts: PublishedCounts }
  /** Another attempt holds the run; nothing was written. */
  | { kind: 'fenced' }
  /** It was asked to stop and did. What was parsed so far is stored by content and will be found again. */
  | { kind: 'stopped' }
  | { kind: 'fault'; fault: 'permanent' | 'transient'; code: string; message: string; traceback: string | null };

/** Code of a transient fault that says that a server could not be reached, or broke its connection off. */
export const UNREACHABLE = 'unreachable';
/** Code of a transient fault that says that PostgreSQL has no room left: no run can help that, however often it is tried. */
export const NO_ROOM = 'no_room';

/** Worker to parsing process. */
export type ToChild = { kind: 'parse'; job: ParseJob } | { kind: 'stop' };

/** Parsing process to worker. Every message tells how much memory the process uses. */
export type FromChild = { rssBytes: number } & (
  | { kind: 'ready' }
  | { kind: 'progress'; progress: RunProgress }
  | { kind: 'outcome'; outcome: ParseOutcome; peakRssBytes: number }
);
