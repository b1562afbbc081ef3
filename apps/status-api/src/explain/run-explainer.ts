import { type connectRedis, locateTask, redisVitals, type TaskPlace } from '@confscope/job-queue';
import type { RunRow, WorkerQueries } from '@confscope/persistence';
import type { WorkerRoster } from '../worker/worker-roster.ts';
import { explainRun, type RunExplanation } from './explain-run.ts';

/** Gathers the evidence of why a run is where it is. */
export class RunExplainer {
  constructor(
    private readonly work: WorkerQueries,
    private readonly roster: WorkerRoster,
    private readonly redis: ReturnType<typeof connectRedis>,
  ) {}

  /** Null when the run was deleted in the meantime. */
  async explain(run: RunRow): Promise<RunExplanation | null> {
    const [facts, workers, redis, place] = await Promise.all([
      this.work.factsOf(run.id),
      this.roster.read(),
      redisVitals(this.redis).catch(() => null),
      this.#placeOf(run),
    ]);
    return facts && explainRun({ run, facts, workers, redis, place });
  }

  async #placeOf({ status, queue, task_id }: RunRow): Promise<TaskPlace | null> {
    if (task_id === null || (status !== 'stored' && status !== 'parsing')) return { kind: 'absent' };
    // That Redis does not answer is part of the explanation.
    return locateTask(this.redis, queue, task_id).catch(() => null);
  }
}
