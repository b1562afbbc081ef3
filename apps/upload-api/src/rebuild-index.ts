import type { JobProducer } from '@confscope/job-queue';
import type { DispatchOutbox, RunCommands } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';

/** Runs that are parsed are never dispatched again here: their workers, or the reconciler, look after them. */
const NEVER_SILENT_MS = 1e12;

/**
 * Makes the dispatch index anew from PostgreSQL: what no worker holds is thrown away, whatever it is, and every run that
 * waits is dispatched. When it breaks off in between, the reconciler of a worker does the rest.
 */
export class RebuildIndex {
  constructor(
    private readonly outbox: DispatchOutbox,
    private readonly commands: RunCommands,
    private readonly producer: JobProducer,
  ) {}

  /** @throws Problem 503 when Redis does not answer, or refuses: it is full, or a replica */
  async run(): Promise<{ removed: number; dispatched: number }> {
    const removed = await this.#reach(() => this.producer.clear());
    let dispatched = 0;
    const everyRun = { undispatchedAgeMs: 0, silenceMs: NEVER_SILENT_MS, dispatchedBefore: null };
    for await (const page of this.outbox.waiting(everyRun)) {
      const jobs = page.map(({ envelope, waitMs }) => ({ job: envelope, delayMs: waitMs }));
      await this.#reach(() => this.producer.enqueueAll(jobs));
      await this.commands.markDispatched(page.map(({ envelope }) => envelope));
      dispatched += page.length;
    }
    return { removed, dispatched };
  }

  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const remedy = 'Nothing is lost: the runs are in PostgreSQL. Check Redis and REDIS_URL, then ask again.';
      if (error instanceof Error && error.name === 'ReplyError')
        throw new Problem(503, 'redis_refuses', `Redis refuses to have its index rebuilt: ${error.message} ${remedy}`);
      throw new Problem(503, 'redis_unreachable', `Redis does not answer, so its index cannot be rebuilt. ${remedy}`);
    }
  }
}
