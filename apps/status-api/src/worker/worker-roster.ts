import { type connectRedis, liveWorkers, type WorkerInfo } from '@confscope/job-queue';

/** The workers that live, as they say of themselves in Redis. */
export class WorkerRoster {
  constructor(private readonly redis: ReturnType<typeof connectRedis>) {}

  /** The live workers by name, or null when Redis does not answer. */
  async read(): Promise<WorkerInfo[] | null> {
    try {
      return await liveWorkers(this.redis);
    } catch {
      // Whatever the reason, nobody can say now who lives; readiness tells the operator about Redis.
      return null;
    }
  }
}
