import { metrics } from '@opentelemetry/api';
import type { Worker } from './worker.ts';

/** Tells whoever scrapes how this worker is: whether its loop turns, and what it and its parsing processes use. */
export function observeWorker(worker: Pick<Worker, 'consumer' | 'info'>): void {
  const meter = metrics.getMeter('parse-worker');
  const lastTurn = meter.createObservableGauge('worker_loop_last_turn_timestamp_seconds', {
    unit: 's',
    description: 'When the consume loop last turned.',
  });
  const jobs = meter.createObservableGauge('worker_active_jobs', { description: 'Jobs that this worker runs.' });
  const memory = meter.createObservableGauge('worker_memory_bytes', {
    unit: 'By',
    description: 'Memory of this worker and its parsing processes.',
  });
  meter.addBatchObservableCallback(
    (result) => {
      const { active, rss_bytes } = worker.info();
      const { sinceTurnMs } = worker.consumer;
      if (Number.isFinite(sinceTurnMs)) result.observe(lastTurn, (Date.now() - sinceTurnMs) / 1000);
      result.observe(jobs, active.length);
      result.observe(memory, rss_bytes);
    },
    [lastTurn, jobs, memory],
  );
}
