import type { ErrorType, QueueName, RunStatus } from '@confscope/domain';
import type { Executor } from './database.ts';
import type { AttemptOutcome } from './entities/attempt.entity.ts';
import type { RunRow } from './run-row.ts';
import { sqlFile } from './sql-file.ts';

const SQL = {
  runOfTask: sqlFile('find-run-of-task'),
  lastAttempt: sqlFile('last-attempt-of-task'),
  attempts: sqlFile('attempts-of-run'),
  statistics: sqlFile('run-statistics'),
  failures: sqlFile('recent-failures'),
  duration: sqlFile('recent-duration'),
  loads: sqlFile('queue-loads'),
  facts: sqlFile('explain-run'),
  vitals: sqlFile('run-vitals'),
  database: sqlFile('database-vitals'),
};

/** One line of the ledger. */
export interface AttemptRow {
  run_id: number;
  attempt: number;
  task_id: string;
  worker: string;
  queue: QueueName;
  started_at: Date;
  ended_at: Date | null;
  /** Null while the attempt lasts. */
  outcome: AttemptOutcome | null;
  error_type: ErrorType | null;
  error_message: string | null;
  peak_rss_bytes: number | null;
  trace_id: string | null;
}

/** What all runs of one status say together. */
export interface RunStatistics {
  status: RunStatus;
  runs: number;
  /** Retries of all of them. */
  retries: number;
  max_retries: number;
  /** Average duration; null unless they are complete. */
  seconds: number | null;
}

export interface RecentFailure {
  run_id: number;
  error_type: ErrorType | null;
  error_message: string | null;
  retry_count: number;
  completed_at: Date | null;
}

/** How much work a queue holds, counted in runs. */
export interface QueueLoad {
  queue: QueueName;
  /** Runs that a worker may take now. */
  ready: number;
  /** Runs that wait for the time of their retry. */
  delayed: number;
  running: number;
  /** How long the ready run that waits longest has waited; null when none is ready. */
  oldest_age_seconds: number | null;
}

/** What PostgreSQL knows about why a run is not running. */
export interface RunFacts {
  /** Since when its queue is paused; null when it is not. */
  paused_at: Date | null;
  quarantined: boolean;
  backing_off: boolean;
  /** Runs of its queue that became ready before it. */
  ahead: number;
  heartbeat_age_seconds: number | null;
}

/** Signs that work stands still; 0 is well. */
export interface RunVitals {
  /** How long the dispatch of the run that waits longest for it is late. */
  outbox_age_seconds: number;
  /** The longest silence about a run that is being parsed. */
  heartbeat_age_seconds: number;
}

/** How the database itself fares. */
export interface DatabaseVitals {
  bytes: number;
  connections: number;
  max_connections: number;
  deadlocks: number;
  oldest_transaction_seconds: number;
}

/** Reads what workers did, do and have yet to do. */
export class WorkerQueries {
  constructor(private readonly database: Executor) {}

  /** The run whose current task this is, or null. */
  async runOfTask(taskId: string): Promise<RunRow | null> {
    const rows = await this.database.rows<RunRow>(SQL.runOfTask, [taskId]);
    return rows[0] ?? null;
  }

  /** The last attempt of a task, also of one that the run has replaced by a newer one; null when nobody ever took it. */
  async lastAttemptOf(taskId: string): Promise<AttemptRow | null> {
    const rows = await this.database.rows<AttemptRow>(SQL.lastAttempt, [taskId]);
    return rows[0] ?? null;
  }

  /** The ledger of a run, oldest attempt first. */
  attemptsOf(runId: number): Promise<AttemptRow[]> {
    return this.database.rows<AttemptRow>(SQL.attempts, [runId]);
  }

  /** Why the run may not be running; null when there is none of this id. */
  async factsOf(runId: number): Promise<RunFacts | null> {
    const rows = await this.database.rows<RunFacts>(SQL.facts, [runId]);
    return rows[0] ?? null;
  }

  /** One row for each status that any run has. */
  runStatistics(): Promise<RunStatistics[]> {
    return this.database.rows<RunStatistics>(SQL.statistics);
  }

  /** The runs that failed last, the latest first. */
  recentFailures(limit: number): Promise<RecentFailure[]> {
    return this.database.rows<RecentFailure>(SQL.failures, [limit]);
  }

  /** Average duration in seconds of the latest complete runs; null when there are none. */
  async recentDuration(runs: number): Promise<number | null> {
    const rows = await this.database.rows<{ seconds: number | null }>(SQL.duration, [runs]);
    return rows[0]?.seconds ?? null;
  }

  /** The queues that hold any work. */
  queueLoads(): Promise<QueueLoad[]> {
    return this.database.rows<QueueLoad>(SQL.loads);
  }

  async runVitals(): Promise<RunVitals> {
    const [row] = await this.database.rows<RunVitals>(SQL.vitals);
    return row ?? { outbox_age_seconds: 0, heartbeat_age_seconds: 0 };
  }

  /** Null when the server does not tell. */
  async databaseVitals(): Promise<DatabaseVitals | null> {
    const [row] = await this.database.rows<DatabaseVitals>(SQL.database);
    return row ?? null;
  }
}
