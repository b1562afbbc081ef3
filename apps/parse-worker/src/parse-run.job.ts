import { setTimeout as sleep } from 'node:timers/promises';
import { decideRetry, type ErrorType, failureMessage, type RetryPolicy, type RunProgress } from '@confscope/domain';
import { currentTraceId, currentTraceparent, type Delivery, LeaseLost, type Settlement } from '@confscope/job-queue';
import type { ClaimedRun, Claim, RunClaims } from '@confscope/persistence';
import type { Logger } from '@confscope/service-kit';
import { trace } from '@opentelemetry/api';
import type { ParseProcesses } from './child/parse-processes.ts';
import type { ProcessOutcome } from './child/parse-process.ts';
import { HeldRun, RunTakenOver, TimeLimitReached } from './held-run.ts';
import { workerMetrics } from './worker-metrics.ts';

/** A run that killed its process this often is given up. */
const MAX_CRASHES = 3;
/** How long a message waits when PostgreSQL cannot be asked about its run. */
const UNREACHABLE_DELAY_MS = 5_000;
const CRASH_DELAY_MS = 1_000;
const DONE: Settlement = { kind: 'done' };

export interface ParseRunJobOptions {
  worker: string;
  retries: RetryPolicy;
  softLimitMs: number;
  hardLimitMs: number;
  /** How often PostgreSQL hears that the run is alive, at least. */
  runBeatMs: number;
}

/** A message in, what becomes of it out: claims the run, has it parsed, and writes down how that ended. */
export class ParseRunJob {
  done = 0;
  failed = 0;

  constructor(
    private readonly claims: RunClaims,
    private readonly processes: ParseProcesses,
    private readonly options: ParseRunJobOptions,
    private readonly logger: Logger,
  ) {}

  async run(delivery: Delivery): Promise<Settlement> {
    let claim: Claim;
    try {
      claim = await this.#claim(delivery);
    } catch (error) {
      // PostgreSQL is away, which costs the run nothing: nobody has claimed it.
      this.logger.warn({ err: error, run_id: delivery.job.runId }, 'the run could not be claimed');
      return { kind: 'retry', delayMs: UNREACHABLE_DELAY_MS };
    }
    if (claim.kind === 'not-due') return { kind: 'retry', delayMs: claim.waitMs };
    if (claim.kind !== 'claimed') {
      this.logger.debug({ run_id: delivery.job.runId, claim: claim.kind }, 'message dropped');
      return DONE;
    }
    return this.#attempt(claim.run, delivery);
  }

  #claim({ job, queue, entryId }: Delivery): Promise<Claim> {
    return trace.getTracer('parse-worker').startActiveSpan('claim', async (span) => {
      try {
        return await this.claims.claim({
          runId: job.runId,
          taskId: job.taskId,
          worker: this.options.worker,
          delivery: `${queue}/${entryId}`,
          silenceMs: 3 * this.options.runBeatMs,
          traceId: currentTraceId(),
        });
      } finally {
        span.end();
      }
    });
  }

  async #attempt(run: ClaimedRun, delivery: Delivery): Promise<Settlement> {
    const startedAt = performance.now();
    const log = this.logger.child({ run_id: run.id, task_id: run.taskId, attempt: run.attempt });
    const seconds = () => (performance.now() - startedAt) / 1000;
    if (run.crashes >= MAX_CRASHES) {
      const message = failureMessage.crash(run.crashes, 'the worker fell silent');
      return this.#fail(run, delivery, { errorType: 'crash', message, traceback: null }, null, seconds(), log);
    }
    log.info({ reclaimed: delivery.reclaimed }, 'run claimed');
    const { softLimitMs, hardLimitMs, runBeatMs } = this.options;
    const held = new HeldRun(this.claims, { runId: run.id, attempt: run.attempt }, delivery.signal, {
      softLimitMs,
      hardLimitMs,
      runBeatMs,
    });
    const parseJob = {
      runId: run.id,
      attempt: run.attempt,
      projectId: run.projectId,
      archiveKey: run.archiveKey,
      archiveName: run.archiveName,
      traceparent: currentTraceparent() ?? run.traceparent,
    };
    const outcome = await held.during((signal, onProgress: (progress: RunProgress) => void) =>
      this.processes.parse(parseJob, signal, onProgress),
    );
    return this.#conclude(run, delivery, outcome, held.stopReason, seconds(), log);
  }

  async #conclude(
    run: ClaimedRun,
    delivery: Delivery,
    outcome: ProcessOutcome,
    stopReason: unknown,
    seconds: number,
    log: Logger,
  ): Promise<Settlement> {
    const { peakRssBytes } = outcome;
    switch (outcome.kind) {
      case 'complete':
        this.done++;
        workerMetrics.finished('complete', null, seconds);
        log.info({ duration_seconds: seconds }, 'run complete');
        return DONE;
      case 'fenced':
        workerMetrics.fenced();
        log.warn('another attempt holds the run; nothing was written');
        return DONE;
      case 'fault':
        if (outcome.fault === 'permanent') {
          const failure = { errorType: 'permanent' as const, message: failureMessage.permanent(outcome.message) };
          return this.#fail(run, delivery, { ...failure, traceback: outcome.traceback }, peakRssBytes, seconds, log);
        }
        return this.#retry(run, delivery, outcome, peakRssBytes, seconds, log);
      case 'stopped':
      case 'crashed':
        if (stopReason !== undefined) return this.#stopped(run, delivery, stopReason, peakRssBytes, seconds, log);
        return outcome.kind === 'crashed' ? this.#crashed(run, delivery, outcome, seconds, log) : { kind: 'hand-back' };
    }
  }

  /** The process ended because we asked it to. */
  async #stopped(
    run: ClaimedRun,
    delivery: Delivery,
    reason: unknown,
    peakRssBytes: number | null,
    seconds: number,
    log: Logger,
  ): Promise<Settlement> {
    if (reason instanceof RunTakenOver || reason instanceof LeaseLost) {
      log.warn('another worker has taken the run over');
      return DONE;
    }
    if (reason instanceof TimeLimitReached) {
      const failure = { errorType: 'timeout' as const, message: failureMessage.timeout(), traceback: null };
      return this.#fail(run, delivery, failure, peakRssBytes, seconds, log);
    }
    const leave = { outcome: 'handed_back' as const, retryCount: run.retryCount, delayMs: 0, errorType: null };
    await this.#persist(delivery, false, () =>
      this.claims.leave(fenceOf(run), { ...leave, message: null, traceback: null, peakRssBytes }),
    );
    log.info('run handed back');
    return { kind: 'hand-back' };
  }

  async #retry(
    run: ClaimedRun,
    delivery: Delivery,
    fault: { message: string; traceback: string | null },
    peakRssBytes: number | null,
    seconds: number,
    log: Logger,
  ): Promise<Settlement> {
    const decision = decideRetry(this.options.retries, run.retryCount, fault.message, Math.random());
    const { message } = decision;
    const { traceback } = fault;
    if (decision.kind === 'fail')
      return this.#fail(
        run,
        delivery,
        { errorType: decision.errorType, message, traceback },
        peakRssBytes,
        seconds,
        log,
      );
    const { retry: retryCount, delayMs } = decision;
    log.warn({ retry: retryCount, delay_ms: delayMs, reason: message }, 'run will be tried again');
    const leave = {
      outcome: 'retry' as const,
      errorType: 'transient' as const,
      retryCount,
      delayMs,
      message,
      traceback,
    };
    const ours = await this.#persist(delivery, true, () => this.claims.leave(fenceOf(run), { ...leave, peakRssBytes }));
    return ours ? { kind: 'retry', delayMs } : DONE;
  }

  async #crashed(
    run: ClaimedRun,
    delivery: Delivery,
    { how, outOfMemory, peakRssBytes }: ProcessOutcome & { kind: 'crashed' },
    seconds: number,
    log: Logger,
  ): Promise<Settlement> {
    const errorType = outOfMemory ? ('out_of_memory' as const) : ('crash' as const);
    const crashes = run.crashes + 1;
    const message = failureMessage.crash(crashes, how);
    log.error({ how, crashes }, 'the process that parsed the run died');
    if (crashes >= MAX_CRASHES)
      return this.#fail(run, delivery, { errorType, message, traceback: null }, peakRssBytes, seconds, log, 'crashed');
    const leave = {
      outcome: 'crashed' as const,
      retryCount: run.retryCount,
      delayMs: CRASH_DELAY_MS,
      errorType,
      message,
    };
    const ours = await this.#persist(delivery, true, () =>
      this.claims.leave(fenceOf(run), { ...leave, traceback: null, peakRssBytes }),
    );
    return ours ? { kind: 'retry', delayMs: CRASH_DELAY_MS } : DONE;
  }

  async #fail(
    run: ClaimedRun,
    delivery: Delivery,
    failure: { errorType: ErrorType; message: string; traceback: string | null },
    peakRssBytes: number | null,
    seconds: number,
    log: Logger,
    outcome: 'failed' | 'crashed' = 'failed',
  ): Promise<Settlement> {
    const { errorType } = failure;
    const metrics = {
      duration_seconds: Math.round(seconds * 1000) / 1000,
      retry_count: run.retryCount,
      error_type: errorType,
      archive_bytes: run.archiveBytes,
    };
    const ours = await this.#persist(delivery, true, () =>
      this.claims.fail(fenceOf(run), { ...failure, metrics, peakRssBytes, outcome }),
    );
    if (!ours) return DONE;
    this.failed++;
    workerMetrics.finished('failed', errorType, seconds);
    log.warn({ error_type: errorType, reason: failure.message }, 'run failed');
    return DONE;
  }

  /**
   * Writes, and goes on trying while PostgreSQL is away: the message is still ours and is kept so. False when another
   * attempt holds the run. Gives up by throwing when the worker itself is to stop; the message is then taken over.
   */
  async #persist(delivery: Delivery, patient: boolean, write: () => Promise<boolean>): Promise<boolean> {
    for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 5_000)) {
      try {
        const ours = await write();
        if (!ours) workerMetrics.fenced();
        return ours;
      } catch (error) {
        if (!patient || delivery.signal.aborted) throw error;
        this.logger.warn({ err: error, run_id: delivery.job.runId }, 'the outcome could not be written; trying again');
        await sleep(delayMs, undefined, { signal: delivery.signal }).catch(() => undefined);
      }
    }
  }
}

const fenceOf = ({ id, attempt }: ClaimedRun) => ({ runId: id, attempt });
