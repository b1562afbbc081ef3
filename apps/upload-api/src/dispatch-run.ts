import type { JobQueueClient } from '@confscope/job-queue';
import { PARSE } from '@confscope/job-queue';
import type { RunCommands, RunRow } from '@confscope/persistence';
import type { Logger } from '@confscope/service-kit';
import { lastValueFrom } from 'rxjs';

/** Tells the dispatch index of a stored run. What fails here is made up for by the reconciler: the run row is the outbox. */
export class DispatchRun {
  constructor(
    private readonly queue: JobQueueClient,
    private readonly commands: RunCommands,
    private readonly logger: Logger,
  ) {}

  /** Never rejects. */
  async dispatch({ id, task_id, queue, traceparent }: RunRow): Promise<void> {
    if (task_id === null) return;
    try {
      await lastValueFrom(this.queue.emit(PARSE, { runId: id, taskId: task_id, queue, traceparent }));
      await this.commands.markDispatched([{ runId: id, taskId: task_id }]);
    } catch (err) {
      this.logger.warn({ err, run_id: id, task_id }, 'the run could not be dispatched; the reconciler will do it');
    }
  }
}
