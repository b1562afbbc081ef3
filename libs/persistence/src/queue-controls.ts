import type { QueueName } from '@confscope/domain';
import type { Executor } from './database.ts';

/** A queue that no worker takes jobs from. */
export interface PausedQueue {
  queue: QueueName;
  paused_at: Date;
}

/** What operators decide about queues. It is kept here because the dispatch index may be lost at any time. */
export class QueueControls {
  constructor(private readonly database: Executor) {}

  /** The queues that are paused now. */
  paused(): Promise<PausedQueue[]> {
    return this.database.rows<PausedQueue>('select queue, paused_at from paused_queues');
  }

  /** Pauses a queue; since when it is paused, which may be long ago. */
  async pause(queue: QueueName): Promise<Date> {
    const rows = await this.database.rows<PausedQueue>(
      `insert into paused_queues as p (queue) values ($1)
       on conflict (queue) do update set paused_at = p.paused_at returning queue, paused_at`,
      [queue],
    );
    const [row] = rows;
    if (!row) throw new Error(`The queue ${queue} was not paused.`);
    return row.paused_at;
  }

  /** Resumes a queue; false when it was not paused. */
  async resume(queue: QueueName): Promise<boolean> {
    return (await this.database.rows('delete from paused_queues where queue = $1 returning queue', [queue])).length > 0;
  }
}
