import type { WorkerInfo } from '@confscope/job-queue';
import type { QueueLoad } from '@confscope/persistence';
import { viewQueueLoads } from './queue-loads.ts';

const worker = (concurrency: number, queues: WorkerInfo['queues']): WorkerInfo => ({
  name: 'w',
  pid: 1,
  queues,
  started_at: '',
  last_seen_at: '',
  concurrency,
  active: [],
  done: 0,
  failed: 0,
  rss_bytes: 0,
  waiting_for: [],
});
const LOADS: QueueLoad[] = [
  { queue: 'default', ready: 6, delayed: 2, running: 1, oldest_age_seconds: 12.34567 },
  { queue: 'low', ready: 4, delayed: 0, running: 0, oldest_age_seconds: 1 },
];

describe('the load of the queues', () => {
  it('says when each queue would be done by the workers that serve it', () => {
    const view = viewQueueLoads(LOADS, [worker(2, ['default']), worker(1, ['default', 'low'])], 1.5, []);
    expect(view).toEqual({
      queues: {
        high: {
          ready: 0,
          delayed: 0,
          running: 0,
          oldest_age_seconds: null,
          drain_estimate_seconds: 0,
          wanted: 0,
          paused_at: null,
        },
        default: {
          ready: 6,
          delayed: 2,
          running: 1,
          oldest_age_seconds: 12.346,
          drain_estimate_seconds: 3,
          wanted: 7,
          paused_at: null,
        },
        low: {
          ready: 4,
          delayed: 0,
          running: 0,
          oldest_age_seconds: 1,
          drain_estimate_seconds: 6,
          wanted: 4,
          paused_at: null,
        },
      },
      work: 13,
      wanted: 11,
      drain_estimate_seconds: 5,
      concurrency: 3,
      avg_duration_seconds: 1.5,
    });
  });

  it('estimates nothing when nobody serves a queue, when Redis does not tell, or when no run was ever complete', () => {
    const served = [worker(2, ['default'])];
    expect(viewQueueLoads(LOADS, served, 1, []).queues.low.drain_estimate_seconds).toBeNull();
    expect(viewQueueLoads(LOADS, null, 1, [])).toMatchObject({
      drain_estimate_seconds: null,
      concurrency: null,
      work: 13,
    });
    expect(viewQueueLoads(LOADS, served, null, [])).toMatchObject({
      drain_estimate_seconds: null,
      avg_duration_seconds: null,
    });
  });

  it('wants no worker for what waits in a paused queue, and says since when it is paused', () => {
    const paused = [{ queue: 'default' as const, paused_at: new Date('2026-01-01T00:00:00Z') }];
    expect(viewQueueLoads(LOADS, [worker(1, ['default'])], 1, paused)).toMatchObject({
      queues: {
        default: { ready: 6, wanted: 1, drain_estimate_seconds: null, paused_at: '2026-01-01T00:00:00.000Z' },
        low: { paused_at: null },
      },
      work: 13,
      wanted: 5,
    });
  });
});
