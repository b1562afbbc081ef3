import type { JobQueueClient } from '@confscope/job-queue';
import { PARSE } from '@confscope/job-queue';
import type { RunCommands, RunRow } from '@confscope/persistence';
import type { Logger } from '@confscope/service-kit';
import { GroupCommit } from '@confscope/service-kit/group-commit';
import { withoutSpans } from '@confscope/service-kit/tracing';
import { lastValueFrom } from 'rxjs';

interface Task {
  runId: number;
  taskId: string;
}

/** Tells the dispatch index of a stored run. What fails here is made up for by the reconciler: the run row is the outbox. */
export class DispatchRun {
  /** Closes outbox entries: many runs at once take few commits. */
  readonly #marks = new GroupCommit<Task>((tasks) => {
    const mark = (): Promise<void> => this.commands.markDispatched(tasks);
    // What marks the runs of several traces belongs to none of them.
    return tasks.length === 1 ? mark() : withoutSpans(mark);
  });

  constructor(
    private readonly queue: Pick<JobQueueClient, 'emit'>,
    private readonly commands: Pick<RunCommands, 'markDispatched'>,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Never rejects. */
  async dispatch({ id, task_id, queue, traceparent }: RunRow): Promise<void> {
    if (task_id === null) return;
    try {
      await lastValueFrom(this.queue.emit(PARSE, { runId: id, taskId: task_id, queue, traceparent }));
      await this.#marks.add({ runId: id, taskId: task_id });
    } catch (err) {
      this.logger.warn({ err, run_id: id, task_id }, 'the run could not be dispatched; the reconciler will do it');
    }
  }
}
