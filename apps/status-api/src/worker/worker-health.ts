import type { WorkerInfo } from '@confscope/job-queue';

/** Whether anybody works, and who. */
export interface WorkerHealth {
  status: 'healthy' | 'unhealthy';
  workers: number;
  active_tasks: number;
  worker_names: string[];
  stats: Record<string, WorkerInfo>;
  /** What is wrong and what to do; only when it is unhealthy. */
  message?: string;
}

const NOBODY = { status: 'unhealthy', workers: 0, active_tasks: 0, worker_names: [], stats: {} } as const;

/**
 * Healthy means that at least one worker lives.
 *
 * @param workers the live workers, or null when Redis did not answer
 */
export function workerHealthOf(workers: readonly WorkerInfo[] | null): WorkerHealth {
  if (workers === null)
    return {
      ...NOBODY,
      worker_names: [],
      message: 'Redis does not answer, so nobody can tell which workers run. Check Redis and REDIS_URL.',
    };
  if (workers.length === 0)
    return {
      ...NOBODY,
      worker_names: [],
      message: 'No parse-worker is running; uploads are kept and wait. Start a parse-worker to have them parsed.',
    };
  return {
    status: 'healthy',
    workers: workers.length,
    active_tasks: workers.reduce((sum, worker) => sum + worker.active.length, 0),
    worker_names: workers.map((worker) => worker.name),
    stats: Object.fromEntries(workers.map((worker) => [worker.name, worker])),
  };
}
