import { setTimeout as sleep } from 'node:timers/promises';
import { QUEUES } from '@confscope/domain';
import { type connectRedis, indexSize, redisVitals } from '@confscope/job-queue';
import type { WorkerQueries } from '@confscope/persistence';
import { type BatchObservableResult, metrics } from '@opentelemetry/api';
import type { WorkerRoster } from './worker-roster.ts';

/** A scrape must be answered; what a server does not tell within this time is left out of it. */
const READ_LIMIT_MS = 3_000;

const meter = metrics.getMeter('status-api');
const gauge = (name: string, description: string, unit?: string) =>
  meter.createObservableGauge(name, { description, ...(unit === undefined ? {} : { unit }) });

const queueDepth = gauge('queue_depth', 'Runs of a queue that are ready, delayed or running, by PostgreSQL.');
const oldestReady = gauge(
  'queue_oldest_ready_age_seconds',
  'How long the ready run that waits longest has waited.',
  's',
);
const workersLive = gauge('workers_live', 'Workers that have announced themselves lately.');
const workerSlots = gauge('worker_slots', 'Jobs that all live workers can run at once.');
const outboxAge = gauge('outbox_oldest_age_seconds', 'How late the dispatch of a stored run is, at most.', 's');
const heartbeatAge = gauge('run_heartbeat_oldest_age_seconds', 'Longest silence about a run that is parsed.', 's');
const indexEntries = gauge('dispatch_index_entries', 'Messages that Redis holds, delayed ones included.');
const databaseBytes = gauge('postgres_database_bytes', 'Size of the database.', 'By');
const connections = gauge('postgres_connections', 'Connections to the database.');
const maxConnections = gauge('postgres_max_connections', 'Connections that the server takes.');
const oldestTransaction = gauge('postgres_oldest_transaction_age_seconds', 'Age of the oldest transaction.', 's');
const deadlocks = meter.createObservableCounter('postgres_deadlocks', { description: 'Deadlocks of the database.' });
const redisMemory = gauge('redis_memory_used_bytes', 'Memory that Redis uses.', 'By');
const redisMaxMemory = gauge('redis_memory_max_bytes', 'Memory that Redis may use; 0: any.', 'By');
const redisClients = gauge('redis_connected_clients', 'Connections to Redis.');
const evicted = meter.createObservableCounter('redis_evicted_keys', { description: 'Keys that Redis dropped.' });

/**
 * What is true of the whole system and not of one process: read from PostgreSQL and Redis when somebody scrapes. Every
 * replica of this service tells the same, so sums over them must take the largest first.
 */
export class SystemGauges {
  readonly #work: WorkerQueries;
  readonly #roster: WorkerRoster;
  readonly #redis: ReturnType<typeof connectRedis>;

  constructor(work: WorkerQueries, roster: WorkerRoster, redis: ReturnType<typeof connectRedis>) {
    this.#work = work;
    this.#roster = roster;
    this.#redis = redis;
  }

  /** Starts to answer scrapes. */
  observe(): this {
    const within =
      (read: (result: BatchObservableResult) => Promise<void>) => async (result: BatchObservableResult) => {
        // Whatever cannot be read is missing from the scrape, and alerts ask for what is missing.
        await Promise.race([read(result), sleep(READ_LIMIT_MS, undefined, { ref: false })]).catch(() => undefined);
      };
    const instruments = [queueDepth, oldestReady, outboxAge, heartbeatAge];
    meter.addBatchObservableCallback(
      within((result) => this.#runs(result)),
      instruments,
    );
    meter.addBatchObservableCallback(
      within((result) => this.#workers(result)),
      [workersLive, workerSlots],
    );
    meter.addBatchObservableCallback(
      within((result) => this.#postgres(result)),
      [databaseBytes, connections, maxConnections, oldestTransaction, deadlocks],
    );
    meter.addBatchObservableCallback(
      within((result) => this.#dispatchIndex(result)),
      [indexEntries, redisMemory, redisMaxMemory, redisClients, evicted],
    );
    return this;
  }

  async #runs(result: BatchObservableResult): Promise<void> {
    const [loads, vitals] = await Promise.all([this.#work.queueLoads(), this.#work.runVitals()]);
    for (const queue of QUEUES) {
      const load = loads.find((one) => one.queue === queue);
      for (const state of ['ready', 'delayed', 'running'] as const)
        result.observe(queueDepth, load?.[state] ?? 0, { queue, state });
      result.observe(oldestReady, load?.oldest_age_seconds ?? 0, { queue });
    }
    result.observe(outboxAge, vitals.outbox_age_seconds);
    result.observe(heartbeatAge, vitals.heartbeat_age_seconds);
  }

  async #workers(result: BatchObservableResult): Promise<void> {
    const workers = await this.#roster.read();
    if (workers === null) return;
    result.observe(workersLive, workers.length);
    result.observe(
      workerSlots,
      workers.reduce((sum, worker) => sum + worker.concurrency, 0),
    );
  }

  async #postgres(result: BatchObservableResult): Promise<void> {
    const vitals = await this.#work.databaseVitals();
    if (!vitals) return;
    result.observe(databaseBytes, vitals.bytes);
    result.observe(connections, vitals.connections);
    result.observe(maxConnections, vitals.max_connections);
    result.observe(oldestTransaction, vitals.oldest_transaction_seconds);
    result.observe(deadlocks, vitals.deadlocks);
  }

  async #dispatchIndex(result: BatchObservableResult): Promise<void> {
    result.observe(indexEntries, await indexSize(this.#redis));
    const vitals = await redisVitals(this.#redis);
    if (!vitals) return;
    result.observe(redisMemory, vitals.usedMemoryBytes);
    result.observe(redisMaxMemory, vitals.maxMemoryBytes);
    result.observe(redisClients, vitals.connectedClients);
    result.observe(evicted, vitals.evictedKeys);
  }
}
