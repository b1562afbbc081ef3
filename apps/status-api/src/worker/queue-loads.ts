import { QUEUES, type QueueName } from '@confscope/domain';
import type { WorkerInfo } from '@confscope/job-queue';
import type { PausedQueue, QueueLoad } from '@confscope/persistence';
import { toThousandths } from './run-statistics.ts';

/** How much work a queue holds and when it would be done. */
export interface QueueLoadView extends Omit<QueueLoad, 'queue'> {
  /** Time until what is ready now is done, were it the only queue; null when nobody works or nothing was ever done. */
  drain_estimate_seconds: number | null;
  /** Jobs that could run now: ready ones, unless the queue is paused, and running ones. */
  wanted: number;
  /** Since when no worker takes jobs from it; null when it is not paused. */
  paused_at: string | null;
}

/** All queues together, for people and for an autoscaler. */
export interface QueueLoadsView {
  queues: Record<QueueName, QueueLoadView>;
  /** Runs that are not finished: ready, running and delayed, of all queues. */
  work: number;
  /** Jobs that could run now, of all queues. */
  wanted: number;
  drain_estimate_seconds: number | null;
  /** Jobs that all live workers can run at once; null when Redis does not answer. */
  concurrency: number | null;
  /** Of the latest complete runs; null when there are none. */
  avg_duration_seconds: number | null;
}

/**
 * Shows the queues, empty ones included.
 *
 * @param workers the live workers, or null when Redis did not answer
 * @param avgSeconds how long a run takes these days
 * @param paused the queues that no worker takes jobs from
 */
export function viewQueueLoads(
  loads: readonly QueueLoad[],
  workers: readonly WorkerInfo[] | null,
  avgSeconds: number | null,
  paused: readonly PausedQueue[],
): QueueLoadsView {
  const slotsOf = (queue: QueueName | null) =>
    (workers ?? [])
      .filter((worker) => queue === null || worker.queues.includes(queue))
      .reduce((sum, worker) => sum + worker.concurrency, 0);
  const drain = (ready: number, slots: number) => {
    if (ready === 0) return 0;
    return avgSeconds === null || slots === 0 ? null : toThousandths((ready * avgSeconds) / slots);
  };
  const queues = Object.fromEntries(
    QUEUES.map((queue): [QueueName, QueueLoadView] => {
      const load = loads.find((one) => one.queue === queue);
      const { ready = 0, delayed = 0, running = 0, oldest_age_seconds = null } = load ?? {};
      const pausedAt = paused.find((one) => one.queue === queue)?.paused_at ?? null;
      const estimate = pausedAt && ready > 0 ? null : drain(ready, slotsOf(queue));
      return [
        queue,
        {
          ready,
          delayed,
          running,
          oldest_age_seconds: toThousandths(oldest_age_seconds),
          drain_estimate_seconds: estimate,
          wanted: (pausedAt ? 0 : ready) + running,
          paused_at: pausedAt?.toISOString() ?? null,
        },
      ];
    }),
  ) as Record<QueueName, QueueLoadView>;
  const sum = (field: 'ready' | 'delayed' | 'running' | 'wanted') =>
    QUEUES.reduce((all, queue) => all + queues[queue][field], 0);
  return {
    queues,
    work: sum('ready') + sum('running') + sum('delayed'),
    wanted: sum('wanted'),
    drain_estimate_seconds: drain(sum('ready'), slotsOf(null)),
    concurrency: workers === null ? null : slotsOf(null),
    avg_duration_seconds: toThousandths(avgSeconds),
  };
}
