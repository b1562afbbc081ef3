import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import {
  announceWorker,
  JobConsumer,
  JobProducer,
  retireWorker,
  WORKER_BEAT_MS,
  type WorkerInfo,
} from '@confscope/job-queue';
import { type Database, DispatchOutbox, RunClaims, RunCommands } from '@confscope/persistence';
import { type Config, type Logger, Loop } from '@confscope/service-kit';
import { ParseProcesses } from './child/parse-processes.ts';
import { ParseRunJob } from './parse-run.job.ts';
import { Reconcile } from './reconcile.ts';
import type { workerSettings } from './settings.ts';
import { workerMetrics } from './worker-metrics.ts';

/** PostgreSQL hears of a run at most this rarely, whatever the lease. */
const MAX_RUN_BEAT_MS = 30_000;
const CONSUME_LOOP_LIMIT_MS = 30_000;
const ANNOUNCE_DELAY_MS = 50;

/** All parts of one worker, and the order in which they start and end. */
export class Worker {
  readonly name = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  readonly job: ParseRunJob;
  readonly consumer: JobConsumer;
  readonly #config: Config<typeof workerSettings>;
  readonly #database: Database;
  readonly #processes: ParseProcesses;
  readonly #producer: JobProducer;
  readonly #loops: Loop[];
  readonly #reconcile: Reconcile;
  readonly #logger: Logger;
  #announcing: NodeJS.Timeout | undefined;
  #retired = false;
  readonly #startedAt = new Date().toISOString();

  constructor(config: Config<typeof workerSettings>, database: Database, logger: Logger, childModule: URL) {
    this.#config = config;
    this.#database = database;
    this.#logger = logger;
    const runBeatMs = Math.min(MAX_RUN_BEAT_MS, config.LEASE_S * 1.5);
    this.#processes = new ParseProcesses({
      module: childModule,
      count: config.WORKER_CONCURRENCY,
      maxTasks: config.WORKER_MAX_TASKS_PER_CHILD,
      memoryMb: config.WORKER_CHILD_MEMORY_MB,
      env: process.env,
    });
    this.job = new ParseRunJob(
      new RunClaims(database),
      this.#processes,
      {
        worker: this.name,
        retries: { maxRetries: config.TASK_MAX_RETRIES, delaysMs: config.TASK_RETRY_DELAYS_S },
        softLimitMs: config.TASK_SOFT_TIME_LIMIT_S,
        hardLimitMs: config.TASK_TIME_LIMIT_S,
        runBeatMs,
      },
      logger,
    );
    this.#producer = new JobProducer(config.REDIS_URL, `${this.name}-reconciler`);
    const outbox = new DispatchOutbox(database);
    this.#reconcile = new Reconcile(outbox, new RunCommands(database), this.#producer, 3 * runBeatMs, logger);
    this.consumer = new JobConsumer(
      {
        url: config.REDIS_URL,
        consumer: this.name,
        queues: config.WORKER_QUEUES,
        concurrency: config.WORKER_CONCURRENCY,
        leaseMs: config.LEASE_S,
        heartbeatMs: config.HEARTBEAT_INTERVAL_S,
      },
      {
        onError: (err, where) => logger.warn({ err, where }, 'the job queue failed for now'),
        onIndexLost: () => void this.#reconcileNow(),
        onHeldChanged: () => this.#announceSoon(),
        onReclaimed: () => workerMetrics.reclaimed(),
        onRubbish: (entry, queue) => logger.warn({ entry, queue }, 'an entry that is no job of ours was dropped'),
      },
    );
    const onError = (err: unknown, where: string) => logger.warn({ err, where }, 'will be tried again');
    this.#loops = [
      new Loop({ name: 'announce', everyMs: WORKER_BEAT_MS, onError }, () =>
        announceWorker(this.consumer.redis, this.info()),
      ),
      new Loop({ name: 'reconcile', everyMs: config.RECONCILE_INTERVAL_S, jitter: 0.2, onError }, async () => {
        await this.#reconcile.run();
      }),
    ];
  }

  /** Starts what runs beside the jobs. The jobs themselves start with the transport. */
  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  /** Throws when the consume loop has not turned for too long: the one thing a restart would mend. */
  checkConsuming(): void {
    if (Date.now() - this.consumer.lastTurnAt > CONSUME_LOOP_LIMIT_MS) throw new Error('the consume loop stands still');
  }

  info(): WorkerInfo {
    const { done, failed } = this.job;
    return {
      name: this.name,
      pid: process.pid,
      queues: [...this.#config.WORKER_QUEUES],
      started_at: this.#startedAt,
      last_seen_at: new Date().toISOString(),
      concurrency: this.#config.WORKER_CONCURRENCY,
      active: this.consumer.held.deliveries().map(({ job, since }) => ({
        run_id: job.runId,
        task_id: job.taskId,
        since: new Date(since).toISOString(),
      })),
      done,
      failed,
      rss_bytes: process.memoryUsage.rss() + this.#processes.rssBytes,
    };
  }

  /** Before the transport stops: the list of workers forgets this one at once. */
  async retire(): Promise<void> {
    this.#retired = true;
    clearTimeout(this.#announcing);
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await retireWorker(this.consumer.redis, this.name).catch(() => undefined);
  }

  /** After the transport has handed its jobs back. */
  async close(): Promise<void> {
    await this.#processes.close();
    this.#producer.close();
    await this.#database.close();
  }

  /** What this worker holds is news; many changes in a moment are one. */
  #announceSoon(): void {
    // A worker that has left the list hands its last jobs back without entering it again.
    if (this.#retired) return;
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined;
      // The next regular announcement makes up for one that fails.
      announceWorker(this.consumer.redis, this.info()).catch(() => undefined);
    }, ANNOUNCE_DELAY_MS);
  }

  async #reconcileNow(): Promise<void> {
    await this.#reconcile.run().catch((err: unknown) => this.#logger.warn({ err }, 'reconciling will be tried again'));
  }
}
