import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueName } from '@confscope/domain';
import {
  announceWorker,
  JobConsumer,
  JobProducer,
  retireWorker,
  WORKER_BEAT_MS,
  type WorkerInfo,
} from '@confscope/job-queue';
import type { BlobStore } from '@confscope/blob-store';
import { type Database, DispatchOutbox, QueueControls, RunClaims, RunCommands } from '@confscope/persistence';
import { type Config, type Logger, Loop } from '@confscope/service-kit';
import { ParseProcesses } from './child/parse-processes.ts';
import { ConcludeAttempt } from './conclude-attempt.ts';
import { ParseRunJob } from './parse-run.job.ts';
import { Reconcile } from './reconcile.ts';
import { Retain } from './retain.ts';
import type { workerSettings } from './settings.ts';
import { postgresAsSurrounding, Surroundings } from './surroundings.ts';
import { workerMetrics } from './worker-metrics.ts';

/** PostgreSQL hears of a run at most this rarely, whatever the lease. */
const MAX_RUN_BEAT_MS = 30_000;
/** A worker that lives beats as soon as it is due, and goes on trying; one that is late by half is gone. */
const SILENT_BEATS = 1.5;
const CONSUME_LOOP_LIMIT_MS = 30_000;
const ANNOUNCE_DELAY_MS = 50;
/** How soon a worker hears that a queue was paused or a run cancelled. */
const CONTROL_EVERY_MS = 1_000;
/** How often retention looks for what is old enough. */
const RETAIN_EVERY_MS = 5 * 60_000;
/** A loop that waits for a server which is away must not keep the process from ending. */
const CLOSE_LIMIT_MS = 1_000;

/** What the worker is built on. */
export interface WorkerParts {
  config: Config<typeof workerSettings>;
  database: Database;
  blobs: Pick<BlobStore, 'ping' | 'delete'>;
  logger: Logger;
  /** The built module of the parsing process. */
  childModule: URL;
}

/** All parts of one worker, and the order in which they start and end. */
export class Worker {
  readonly name = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  readonly job: ParseRunJob;
  readonly consumer: JobConsumer;
  readonly surroundings: Surroundings;
  readonly #parts: WorkerParts;
  readonly #conclude: ConcludeAttempt;
  readonly #processes: ParseProcesses;
  readonly #producer: JobProducer;
  readonly #controls: QueueControls;
  readonly #reconcile: Reconcile;
  readonly #loops: Loop[];
  readonly #startedAt = new Date().toISOString();
  #paused: readonly QueueName[] = [];
  #announcing: NodeJS.Timeout | undefined;
  #retired = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { config, database, blobs, logger, childModule } = parts;
    const onError = (err: unknown, where: string) => logger.warn({ err, where }, 'will be tried again');
    const runBeatMs = Math.min(MAX_RUN_BEAT_MS, config.LEASE_S * 1.5);
    const silenceMs = SILENT_BEATS * runBeatMs;
    const claims = new RunClaims(database);
    this.#controls = new QueueControls(database);
    this.#processes = new ParseProcesses({
      module: childModule,
      count: config.WORKER_CONCURRENCY,
      maxTasks: config.WORKER_MAX_TASKS_PER_CHILD,
      memoryMb: config.WORKER_CHILD_MEMORY_MB,
      env: process.env,
    });
    this.surroundings = new Surroundings(
      [postgresAsSurrounding(database), { name: 'the archive storage', check: () => blobs.ping() }],
      { onChange: (away) => this.#surroundingsChanged(away), onError },
    );
    const retries = { maxRetries: config.TASK_MAX_RETRIES, delaysMs: config.TASK_RETRY_DELAYS_S };
    this.#conclude = new ConcludeAttempt(claims, retries, this.surroundings);
    this.job = new ParseRunJob(
      claims,
      this.#processes,
      this.surroundings,
      this.#conclude,
      {
        worker: this.name,
        softLimitMs: config.TASK_SOFT_TIME_LIMIT_S,
        hardLimitMs: config.TASK_TIME_LIMIT_S,
        runBeatMs,
        silenceMs,
      },
      logger,
    );
    this.#producer = new JobProducer(config.REDIS_URL, `${this.name}-reconciler`);
    const outbox = new DispatchOutbox(database);
    this.#reconcile = new Reconcile(outbox, new RunCommands(database), this.#producer, silenceMs, logger);
    const retain = Retain.by(config, database, blobs, logger);
    this.consumer = this.#makeConsumer();
    this.#loops = [
      new Loop({ name: 'announce', everyMs: WORKER_BEAT_MS, onError }, () =>
        announceWorker(this.consumer.redis, this.info()),
      ),
      new Loop({ name: 'control', everyMs: CONTROL_EVERY_MS, jitter: 0.2, onError }, () => this.#obey()),
      new Loop({ name: 'reconcile', everyMs: config.RECONCILE_INTERVAL_S, jitter: 0.2, onError }, async () => {
        await this.#reconcile.run();
      }),
      new Loop(
        { name: 'retention', everyMs: RETAIN_EVERY_MS, jitter: 0.5, maxBackoffMs: RETAIN_EVERY_MS, onError },
        () => retain.run(),
      ),
    ];
  }

  /** Starts what runs beside the jobs. The jobs themselves start with the transport. */
  start(): void {
    this.surroundings.start();
    for (const loop of this.#loops) loop.start();
    this.consumer
      .checkPolicy()
      .catch((err: unknown) => this.#parts.logger.error({ err }, 'Redis is away or may drop jobs; not ready'));
  }

  /** Throws when the consume loop has not turned for too long: the one thing a restart would mend. */
  checkConsuming(): void {
    if (this.consumer.sinceTurnMs > CONSUME_LOOP_LIMIT_MS) throw new Error('the consume loop stands still');
  }

  /** Throws when this worker cannot reach what every run needs. */
  checkSurroundings(): void {
    const { away } = this.surroundings;
    if (away.length > 0) throw new Error(`${away.join(' and ')} cannot be reached`);
  }

  info(): WorkerInfo {
    const { done, failed } = this.#conclude;
    const { config } = this.#parts;
    return {
      name: this.name,
      pid: process.pid,
      queues: [...config.WORKER_QUEUES],
      started_at: this.#startedAt,
      last_seen_at: new Date().toISOString(),
      concurrency: config.WORKER_CONCURRENCY,
      active: this.consumer.held.deliveries().map(({ job, since }) => ({
        run_id: job.runId,
        task_id: job.taskId,
        since: new Date(since).toISOString(),
      })),
      done,
      failed,
      rss_bytes: process.memoryUsage.rss() + this.#processes.rssBytes,
      waiting_for: [...this.surroundings.away],
    };
  }

  /** Before the transport stops: no job is taken any more, and the list of workers forgets this one at once. */
  async retire(): Promise<void> {
    this.consumer.stopTaking();
    this.#retired = true;
    clearTimeout(this.#announcing);
    await Promise.race([this.#loops[0]?.stop(), sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]);
    await Promise.race([
      retireWorker(this.consumer.redis, this.name).catch(() => undefined),
      sleep(CLOSE_LIMIT_MS, undefined, { ref: false }),
    ]);
  }

  /** After the transport has handed its jobs back. */
  async close(): Promise<void> {
    const stopped = Promise.all([this.surroundings.stop(), ...this.#loops.map((loop) => loop.stop())]);
    await Promise.all([
      this.#processes.close(),
      Promise.race([stopped, sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]),
    ]);
    this.#producer.close();
    await Promise.race([this.#parts.database.close(), sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]);
  }

  #makeConsumer(): JobConsumer {
    const { config, logger } = this.#parts;
    return new JobConsumer(
      {
        url: config.REDIS_URL,
        consumer: this.name,
        queues: config.WORKER_QUEUES,
        concurrency: config.WORKER_CONCURRENCY,
        leaseMs: config.LEASE_S,
        heartbeatMs: config.HEARTBEAT_INTERVAL_S,
        drainMs: config.DRAIN_S,
      },
      {
        onError: (err, where) => logger.warn({ err, where }, 'the job queue failed for now'),
        onIndexLost: () => void this.#reconcileNow(),
        onHeldChanged: () => this.#announceSoon(),
        onReclaimed: () => workerMetrics.reclaimed(),
        onPhantoms: (count) => workerMetrics.phantoms(count),
        onRubbish: (entry, queue) => logger.warn({ entry, queue }, 'an entry that is no job of ours was dropped'),
      },
    );
  }

  /** Hears what operators have decided, and which runs were taken from us. */
  async #obey(): Promise<void> {
    const [paused] = await Promise.all([this.#controls.paused(), this.job.stopLost()]);
    this.#paused = paused.map(({ queue }) => queue);
    this.#serve();
  }

  #surroundingsChanged(away: readonly string[]): void {
    if (away.length > 0) this.#parts.logger.warn({ away }, 'no jobs are taken until this can be reached');
    else this.#parts.logger.info('everything can be reached again');
    this.#serve();
  }

  #serve(): void {
    const { WORKER_QUEUES: queues } = this.#parts.config;
    const closed = this.surroundings.away.length > 0 ? queues : this.#paused;
    this.consumer.serve(queues.filter((queue) => !closed.includes(queue)));
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
    await this.#reconcile
      .run()
      .catch((err: unknown) => this.#parts.logger.warn({ err }, 'reconciling will be tried again'));
  }
}
