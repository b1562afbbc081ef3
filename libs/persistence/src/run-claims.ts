import type { ErrorType, QueueName, RunMetrics, RunProgress, RunStatus, UploadType } from '@confscope/domain';
import type { Executor } from './database.ts';
import { type Prepared, preparedSql } from './sql-file.ts';

const SQL = {
  claim: preparedSql('claim-run'),
  explain: preparedSql('explain-claim'),
  lost: preparedSql('lost-attempts'),
  beat: preparedSql('beat-run'),
  repeat: preparedSql('repeat-run'),
  leave: preparedSql('leave-run'),
  fail: preparedSql('fail-run'),
};

export interface ClaimRequest {
  runId: number;
  taskId: string;
  worker: string;
  /** The stream entry that was delivered, as `queue/entry-id`. */
  delivery: string;
  /** The delivery was taken over from a worker that fell silent or gave it up. */
  reclaimed: boolean;
  /** After how long without a heartbeat in PostgreSQL a worker counts as gone. */
  silenceMs: number;
  traceId: string | null;
}

/** A run that is ours to parse, and the number that proves it. */
export interface ClaimedRun {
  id: number;
  attempt: number;
  taskId: string;
  queue: QueueName;
  type: UploadType;
  archiveKey: string;
  archiveName: string;
  archiveBytes: number;
  retryCount: number;
  projectId: number;
  traceparent: string | null;
  /** Lower-case hex. */
  archiveSha256: string;
  /** How many attempts of this task ended with a dead parsing process so far. */
  crashes: number;
  /** How many ended because their worker fell silent. */
  losses: number;
  /** How many were handed back because something around them was away. */
  interruptions: number;
  /** A run that is complete has read the same archive; see {@link RunClaims.repeat}. */
  repeats: boolean;
  /** Set when these bytes are in quarantine, and say how they came there. */
  quarantine: { crashes: number; runId: number; message: string } | null;
}

/** Crashes of the process that parses an archive, in all runs of these bytes together, that put them in quarantine. */
export const QUARANTINE_CRASHES = 3;

/** The answer to a claim. Everything but `claimed` and `not-due` means that the message has nothing more to say. */
export type Claim =
  | { kind: 'claimed'; run: ClaimedRun }
  | { kind: 'not-due'; waitMs: number }
  | { kind: 'busy' | 'finished' | 'stale' | 'deleted' };

/** Names one attempt; every write of a worker carries both numbers. */
export interface Fence {
  runId: number;
  attempt: number;
}

/** How the sessions of an attempt are called while it writes. */
export function attemptHolder({ runId, attempt }: Fence): { name: string } {
  return { name: `confscope run ${runId} attempt ${attempt}` };
}

/** A run that came to what an earlier one has come to. */
export interface RepeatedRun {
  earlierRun: number;
  counts: Pick<RunMetrics, 'files_parsed' | 'files_reused' | 'stanzas_created'>;
}

type RepeatedRunRow = { earlier_run: number } & RepeatedRun['counts'];

export interface LeaveRun {
  outcome: 'retry' | 'handed_back' | 'crashed';
  retryCount: number;
  delayMs: number;
  errorType: ErrorType | null;
  message: string | null;
  traceback: string | null;
  peakRssBytes: number | null;
}

export interface FailRun {
  outcome: 'failed' | 'crashed';
  errorType: ErrorType;
  message: string;
  traceback: string | null;
  metrics: Partial<RunMetrics>;
  peakRssBytes: number | null;
}

interface ClaimRow {
  id: number;
  attempt: number;
  task_id: string;
  queue: QueueName;
  type: UploadType;
  archive_key: string;
  archive_name: string;
  archive_bytes: number;
  retry_count: number;
  project_id: number;
  traceparent: string | null;
  archive_sha256: string;
  crashes: number;
  losses: number;
  interruptions: number;
  repeats: boolean;
  quarantine_crashes: number | null;
  quarantine_run_id: number | null;
  quarantine_message: string | null;
}

/** Who may work on a run. Each write returns false when the attempt was fenced off and nothing was written. */
export class RunClaims {
  constructor(private readonly database: Executor) {}

  async claim(request: ClaimRequest): Promise<Claim> {
    const { runId, taskId, worker, delivery, silenceMs, traceId, reclaimed } = request;
    const parameters = [runId, taskId, worker, delivery, silenceMs, traceId, reclaimed];
    const [row] = await this.database.rows<ClaimRow>(SQL.claim, parameters);
    return row ? { kind: 'claimed', run: claimedRunOf(row) } : this.#explain(runId, taskId);
  }

  /** Those of the attempts that do not hold their run any more. */
  async lost(attempts: readonly Fence[]): Promise<Fence[]> {
    if (attempts.length === 0) return [];
    const rows = await this.database.rows<{ run_id: number; attempt: number }>(SQL.lost, [
      attempts.map(({ runId }) => runId),
      attempts.map(({ attempt }) => attempt),
    ]);
    return rows.map(({ run_id, attempt }) => ({ runId: run_id, attempt }));
  }

  /** Says that the worker is alive, and optionally how far it is. */
  beat({ runId, attempt }: Fence, progress: RunProgress | null): Promise<boolean> {
    return this.#wrote(SQL.beat, [runId, attempt, progress === null ? null : JSON.stringify(progress)]);
  }

  /**
   * parsing → complete, with what an earlier run of the same archive came to.
   *
   * @returns null when nothing was written: there is no such run any more, or the attempt was fenced off
   */
  async repeat({ runId, attempt }: Fence, parserVersion: number): Promise<RepeatedRun | null> {
    const [row] = await this.database.rows<RepeatedRunRow>(SQL.repeat, [runId, attempt, parserVersion]);
    if (!row) return null;
    const { earlier_run: earlierRun, ...counts } = row;
    return { earlierRun, counts };
  }

  /** parsing → stored: a retry that waits, a hand-back, or another chance after a crash. */
  leave({ runId, attempt }: Fence, leave: LeaveRun): Promise<boolean> {
    const { outcome, retryCount, delayMs, errorType, message, traceback, peakRssBytes } = leave;
    return this.#wrote(SQL.leave, [
      runId,
      attempt,
      outcome,
      retryCount,
      delayMs,
      errorType,
      message,
      traceback,
      peakRssBytes,
      QUARANTINE_CRASHES,
    ]);
  }

  /** parsing → failed. */
  fail({ runId, attempt }: Fence, failure: FailRun): Promise<boolean> {
    const { errorType, message, traceback, metrics, peakRssBytes, outcome } = failure;
    return this.#wrote(SQL.fail, [
      runId,
      attempt,
      errorType,
      message,
      traceback,
      JSON.stringify(metrics),
      peakRssBytes,
      outcome,
      QUARANTINE_CRASHES,
    ]);
  }

  async #wrote(sql: Prepared, parameters: unknown[]): Promise<boolean> {
    return (await this.database.rows(sql, parameters)).length > 0;
  }

  async #explain(runId: number, taskId: string): Promise<Claim> {
    const rows = await this.database.rows<{ status: RunStatus; current: boolean; wait_ms: number | null }>(
      SQL.explain,
      [runId, taskId],
    );
    const row = rows[0];
    if (!row) return { kind: 'deleted' };
    if (!row.current) return { kind: 'stale' };
    if (row.status === 'parsing') return { kind: 'busy' };
    // Due in the meantime, or claimable now after all: the message comes back at once and claims again.
    if (row.status === 'stored') return { kind: 'not-due', waitMs: row.wait_ms ?? 0 };
    return { kind: 'finished' };
  }
}

function claimedRunOf(row: ClaimRow): ClaimedRun {
  const { quarantine_crashes: crashes, quarantine_run_id: runId, quarantine_message: message } = row;
  return {
    id: row.id,
    attempt: row.attempt,
    taskId: row.task_id,
    queue: row.queue,
    type: row.type,
    archiveKey: row.archive_key,
    archiveName: row.archive_name,
    archiveBytes: row.archive_bytes,
    archiveSha256: row.archive_sha256,
    retryCount: row.retry_count,
    projectId: row.project_id,
    traceparent: row.traceparent,
    crashes: row.crashes,
    losses: row.losses,
    interruptions: row.interruptions,
    repeats: row.repeats,
    quarantine: crashes !== null && runId !== null && message !== null ? { crashes, runId, message } : null,
  };
}
