import { PARSER_VERSION } from '@confscope/conf-parser';
import type { Delivery, Settlement } from '@confscope/job-queue';
import type { Claim, ClaimedRun, Fence, RunClaims } from '@confscope/persistence';
import type { Logger } from '@confscope/service-kit';
import { currentTraceId, currentTraceparent, keepTrace, withoutSpans } from '@confscope/service-kit/tracing';
import type { ParseProcesses } from './child/parse-processes.ts';
import type { Attempt, ConcludeAttempt } from './conclude-attempt.ts';
import { HeldRun, type HeldRunLimits } from './held-run.ts';
import { spanOf } from './spans.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a message waits whose run could not be claimed although everything can be reached. */
const UNCLAIMED_DELAY_MS = 5_000;
const DONE: Settlement = { kind: 'done' };

export interface ParseRunJobOptions extends HeldRunLimits {
  worker: string;
  /** After how long without a heartbeat in PostgreSQL a worker counts as gone. */
  silenceMs: number;
}

/** A message in, what becomes of it out: claims the run, has it parsed, and writes down how that ended. */
export class ParseRunJob {
  readonly #inHand = new Set<HeldRun>();

  constructor(
    private readonly claims: RunClaims,
    private readonly processes: Pick<ParseProcesses, 'parse'>,
    private readonly surroundings: Surroundings,
    private readonly conclude: ConcludeAttempt,
    private readonly options: ParseRunJobOptions,
    private readonly logger: Logger,
  ) {}

  async run(delivery: Delivery): Promise<Settlement> {
    let claim: Claim;
    try {
      claim = await this.#claim(delivery);
    } catch (err) {
      this.logger.warn({ err, run_id: delivery.job.runId }, 'the run could not be claimed');
      // Nobody knows whether the claim was made before the answer was lost, so the message keeps its id.
      const away = await this.surroundings.check();
      return away.length > 0 ? { kind: 'release' } : { kind: 'retry', delayMs: UNCLAIMED_DELAY_MS };
    }
    if (claim.kind === 'not-due') return { kind: 'retry', delayMs: claim.waitMs };
    if (claim.kind !== 'claimed') {
      this.logger.debug({ run_id: delivery.job.runId, claim: claim.kind }, 'message dropped');
      return DONE;
    }
    return this.#attempt(claim.run, delivery);
  }

  /** Stops the attempts in hand that PostgreSQL says are not ours any more: cancelled, deleted or taken over. */
  async stopLost(): Promise<void> {
    const lost = await this.claims.lost([...this.#inHand].map(({ fence }) => fence));
    for (const held of this.#inHand) if (lost.some((one) => isSame(one, held.fence))) held.takenOver();
  }

  #claim({ job, queue, entryId, reclaimed }: Delivery): Promise<Claim> {
    const claim = {
      runId: job.runId,
      taskId: job.taskId,
      worker: this.options.worker,
      delivery: `${queue}/${entryId}`,
      reclaimed,
      silenceMs: this.options.silenceMs,
      traceId: currentTraceId(),
    };
    return spanOf('claim', {}, () => withoutSpans(() => this.claims.claim(claim)));
  }

  async #attempt(run: ClaimedRun, delivery: Delivery): Promise<Settlement> {
    const startedAt = performance.now();
    const log = this.logger.child({ run_id: run.id, task_id: run.taskId, attempt: run.attempt });
    const attempt = { run, delivery, log, seconds: () => (performance.now() - startedAt) / 1000 };
    const refusal = await this.conclude.refused(attempt);
    if (refusal) return refusal;
    log.info({ reclaimed: delivery.reclaimed }, 'run claimed');
    // Something went wrong before, or somebody asked again: worth telling, here and in the process that parses.
    if (run.attempt > 1) keepTrace();
    const repeated = run.repeats ? await this.#repeat(attempt) : null;
    if (repeated) return repeated;
    const held = new HeldRun(this.claims, { runId: run.id, attempt: run.attempt }, delivery.signal, this.options);
    const parseJob = {
      runId: run.id,
      attempt: run.attempt,
      projectId: run.projectId,
      archiveKey: run.archiveKey,
      archiveName: run.archiveName,
      traceparent: currentTraceparent() ?? run.traceparent,
    };
    this.#inHand.add(held);
    try {
      const outcome = await held.during((signals) => this.processes.parse(parseJob, signals));
      return await this.conclude.ended(attempt, outcome, held.stopReason);
    } finally {
      this.#inHand.delete(held);
    }
  }

  /** An archive that was read before need not be read again: one statement does, and no process; null when it does not. */
  async #repeat(attempt: Attempt): Promise<Settlement | null> {
    const fence = { runId: attempt.run.id, attempt: attempt.run.attempt };
    try {
      const repeated = await spanOf('repeat', {}, () => withoutSpans(() => this.claims.repeat(fence, PARSER_VERSION)));
      return repeated && this.conclude.repeated(attempt, repeated);
    } catch (err) {
      // Whoever parses it meets the same trouble, or finds that it is written already.
      attempt.log.warn({ err }, 'what an earlier run of this archive came to could not be taken over');
      return null;
    }
  }
}

const isSame = (a: Fence, b: Fence): boolean => a.runId === b.runId && a.attempt === b.attempt;
