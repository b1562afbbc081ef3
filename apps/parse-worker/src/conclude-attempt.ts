import { setTimeout as sleep } from 'node:timers/promises';
import { decideRetry, type ErrorType, failureMessage, type RetryPolicy } from '@confscope/domain';
import { type Delivery, LeaseLost, type Settlement } from '@confscope/job-queue';
import { type ClaimedRun, QUARANTINE_CRASHES, type RepeatedRun, type RunClaims } from '@confscope/persistence';
import type { Logger } from '@confscope/service-kit';
import type { ProcessOutcome } from './child/parse-process.ts';
import { NO_ROOM, UNREACHABLE } from './child/protocol.ts';
import { RunTakenOver, TimeLimitReached } from './held-run.ts';
import type { Surroundings } from './surroundings.ts';
import { failSpan } from './spans.ts';
import { type PublishedCounts, workerMetrics } from './worker-metrics.ts';

/**
 * A run whose worker fell silent this often is given up. The parsing process dies for a run, the worker beside it dies
 * for reasons of its own, so this takes more than {@link QUARANTINE_CRASHES}; but an archive that makes the kernel end a
 * whole container must not go round for ever.
 */
const MAX_LOSSES = 10;
/** A run that was interrupted this often, while everything could be reached each time, gets a retry counted after all. */
const MAX_INTERRUPTIONS = 5;
const INTERRUPTED_DELAY_MS = 1_000;
/** A disk that is full stays so until somebody makes room. */
const NO_ROOM_DELAY_MS = 30_000;
const CRASH_DELAY_MS = 1_000;
const MAX_LATE_TRIES = 10;
const DONE: Settlement = { kind: 'done' };

/** One attempt at a run, and what is needed to write down how it ended. */
export interface Attempt {
  run: ClaimedRun;
  delivery: Delivery;
  log: Logger;
  /** Since the claim. */
  seconds: () => number;
}

interface Failure {
  errorType: ErrorType;
  message: string;
  traceback: string | null;
  outcome: 'failed' | 'crashed';
}

/** Writes down how an attempt ended, behind the fence, and says what becomes of its message. */
export class ConcludeAttempt {
  /** Attempts that ended well, and runs that failed, since the start. */
  done = 0;
  failed = 0;

  constructor(
    private readonly claims: RunClaims,
    private readonly retries: RetryPolicy,
    private readonly surroundings: Surroundings,
  ) {}

  /** Fails a run that must not be parsed; null when it may be. */
  async refused(attempt: Attempt): Promise<Settlement | null> {
    const { quarantine, archiveSha256, crashes, losses } = attempt.run;
    const failure = { traceback: null, outcome: 'failed' as const };
    if (quarantine) {
      const { crashes: times, runId, message: last } = quarantine;
      const message = failureMessage.quarantined(archiveSha256, times, runId, last);
      return this.#fail(attempt, { ...failure, errorType: 'permanent', message }, null);
    }
    if (losses >= MAX_LOSSES)
      return this.#fail(attempt, { ...failure, errorType: 'crash', message: failureMessage.lost(losses) }, null);
    // The last crash was written, and then not what should have come of it.
    if (crashes >= QUARANTINE_CRASHES) {
      const message = failureMessage.crash(crashes, 'see the attempts of the run.');
      return this.#fail(attempt, { ...failure, errorType: 'crash', message }, null);
    }
    return null;
  }

  /** The run came to what an earlier one has come to, without a process. */
  repeated(attempt: Attempt, { earlierRun, counts }: RepeatedRun): Settlement {
    workerMetrics.attempted({ kind: 'complete', counts, peakRssBytes: null });
    return this.#complete(attempt, counts, { same_archive_as: earlierRun });
  }

  /** @param stopReason why the worker stopped the attempt; undefined when it did not */
  ended(attempt: Attempt, outcome: ProcessOutcome, stopReason: unknown): Promise<Settlement> | Settlement {
    const { log } = attempt;
    const { peakRssBytes } = outcome;
    switch (outcome.kind) {
      case 'complete':
        return this.#complete(attempt, outcome.counts, {});
      case 'fenced':
        workerMetrics.fenced();
        log.warn('another attempt holds the run; nothing was written');
        return DONE;
      case 'fault': {
        if (outcome.fault === 'transient') return this.#transient(attempt, outcome);
        const message = failureMessage.permanent(outcome.message);
        const { traceback } = outcome;
        return this.#fail(attempt, { errorType: 'permanent', message, traceback, outcome: 'failed' }, peakRssBytes);
      }
      case 'stopped':
        return this.#stopped(attempt, stopReason, peakRssBytes);
      case 'crashed':
        if (stopReason !== undefined) return this.#stopped(attempt, stopReason, peakRssBytes);
        return this.#crashed(attempt, outcome);
      case 'unstarted': {
        if (stopReason !== undefined) return this.#stopped(attempt, stopReason, peakRssBytes);
        const message = `no process could be started to parse it: it ended with ${outcome.how}; the log of the worker says why`;
        return this.#transient(attempt, { code: UNREACHABLE, message, traceback: null, peakRssBytes });
      }
    }
  }

  #complete(attempt: Attempt, counts: PublishedCounts, details: object): Settlement {
    const seconds = attempt.seconds();
    this.done++;
    workerMetrics.published(counts);
    workerMetrics.finished('complete', null, seconds);
    attempt.log.info({ duration_seconds: seconds, ...details }, 'run complete');
    return DONE;
  }

  /** The process ended because we asked it to, or ended it. */
  async #stopped(attempt: Attempt, reason: unknown, peakRssBytes: number | null): Promise<Settlement> {
    if (reason instanceof RunTakenOver || reason instanceof LeaseLost) {
      attempt.log.warn('the run is not ours any more: it was cancelled, or another worker has taken it over');
      return DONE;
    }
    if (reason instanceof TimeLimitReached) {
      const failure = { errorType: 'timeout' as const, message: failureMessage.timeout(), traceback: null };
      return this.#fail(attempt, { ...failure, outcome: 'failed' }, peakRssBytes);
    }
    const leave = { outcome: 'handed_back' as const, retryCount: attempt.run.retryCount, delayMs: 0, errorType: null };
    try {
      const ours = await this.claims.leave(fenceOf(attempt), {
        ...leave,
        message: null,
        traceback: null,
        peakRssBytes,
      });
      attempt.log.info('run handed back');
      return ours ? { kind: 'hand-back' } : DONE;
    } catch (err) {
      attempt.log.warn({ err }, 'the run could not be handed back; its message is given up');
      return { kind: 'release' };
    }
  }

  /** Something around the run failed: a retry, unless it is away for all, or was away only for a moment. */
  async #transient(
    attempt: Attempt,
    fault: { code: string; message: string; traceback: string | null; peakRssBytes: number | null },
  ): Promise<Settlement> {
    const { run, log } = attempt;
    const away = await this.surroundings.check();
    const noRoom = fault.code === NO_ROOM;
    const interrupted = fault.code === UNREACHABLE && run.interruptions < MAX_INTERRUPTIONS;
    if (away.length > 0 || noRoom || interrupted) {
      const message = noRoom ? failureMessage.noRoom(fault.message) : failureMessage.interrupted(away, fault.message);
      log.warn({ away, reason: fault.message }, 'the run goes on when everything can be reached');
      return this.#leave(attempt, fault, {
        outcome: 'handed_back',
        retryCount: run.retryCount,
        delayMs: noRoom ? NO_ROOM_DELAY_MS : INTERRUPTED_DELAY_MS,
        errorType: 'transient',
        message,
      });
    }
    const decision = decideRetry(this.retries, run.retryCount, fault.message, Math.random());
    const { message } = decision;
    const { traceback, peakRssBytes } = fault;
    if (decision.kind === 'fail')
      return this.#fail(
        attempt,
        { errorType: decision.errorType, message, traceback, outcome: 'failed' },
        peakRssBytes,
      );
    const { retry, delayMs } = decision;
    log.warn({ retry, delay_ms: delayMs, reason: message }, 'run will be tried again');
    return this.#leave(attempt, fault, {
      outcome: 'retry',
      retryCount: retry,
      delayMs,
      errorType: 'transient',
      message,
    });
  }

  #crashed(attempt: Attempt, outcome: ProcessOutcome & { kind: 'crashed' }): Promise<Settlement> {
    const { how, outOfMemory, peakRssBytes } = outcome;
    const errorType = outOfMemory ? ('out_of_memory' as const) : ('crash' as const);
    const crashes = attempt.run.crashes + 1;
    const message = failureMessage.crash(crashes, how);
    attempt.log.error({ how, crashes }, 'the process that parsed the run died');
    if (crashes >= QUARANTINE_CRASHES)
      return this.#fail(attempt, { errorType, message, traceback: null, outcome: 'crashed' }, peakRssBytes);
    const { retryCount } = attempt.run;
    const leave = { outcome: 'crashed' as const, retryCount, delayMs: CRASH_DELAY_MS, errorType, message };
    return this.#leave(attempt, { traceback: null, peakRssBytes }, leave);
  }

  /** parsing → stored; the message comes back after the delay. */
  async #leave(
    attempt: Attempt,
    { traceback, peakRssBytes }: { traceback: string | null; peakRssBytes: number | null },
    leave: {
      outcome: 'retry' | 'handed_back' | 'crashed';
      retryCount: number;
      delayMs: number;
      errorType: ErrorType;
      message: string;
    },
  ): Promise<Settlement> {
    failSpan(leave.errorType);
    const written = await this.#persist(attempt, () =>
      this.claims.leave(fenceOf(attempt), { ...leave, traceback, peakRssBytes }),
    );
    if (written === 'given-up') return { kind: 'release' };
    return written === 'ours' ? { kind: 'retry', delayMs: leave.delayMs } : DONE;
  }

  async #fail(attempt: Attempt, failure: Failure, peakRssBytes: number | null): Promise<Settlement> {
    const { run, log } = attempt;
    const { errorType } = failure;
    failSpan(errorType);
    const seconds = attempt.seconds();
    const metrics = {
      duration_seconds: Math.round(seconds * 1000) / 1000,
      retry_count: run.retryCount,
      error_type: errorType,
      archive_bytes: run.archiveBytes,
    };
    const written = await this.#persist(attempt, () =>
      this.claims.fail(fenceOf(attempt), { ...failure, metrics, peakRssBytes }),
    );
    if (written === 'given-up') return { kind: 'release' };
    if (written === 'fenced') return DONE;
    this.failed++;
    workerMetrics.finished('failed', errorType, seconds);
    log.warn({ error_type: errorType, reason: failure.message }, 'run failed');
    return DONE;
  }

  /**
   * Writes, and goes on trying while PostgreSQL is away: the message is still ours and is kept so. Gives up when the
   * worker itself is to stop, and after a while when Redis has given the message to somebody else.
   */
  async #persist({ delivery, log }: Attempt, write: () => Promise<boolean>): Promise<'ours' | 'fenced' | 'given-up'> {
    const { signal } = delivery;
    for (let tries = 1; ; tries++) {
      try {
        if (await write()) return 'ours';
        workerMetrics.fenced();
        return 'fenced';
      } catch (err) {
        log.warn({ err }, 'the outcome could not be written; trying again');
        void this.surroundings.check();
        if (signal.aborted && (tries > MAX_LATE_TRIES || !(signal.reason instanceof LeaseLost))) return 'given-up';
        const delayMs = Math.min(100 * 2 ** tries, 5_000);
        await sleep(delayMs, undefined, signal.aborted ? {} : { signal }).catch(() => undefined);
      }
    }
  }
}

const fenceOf = ({ run }: Attempt) => ({ runId: run.id, attempt: run.attempt });
