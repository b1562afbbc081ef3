import type { QueueName } from '@confscope/domain';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A queue from which no worker takes jobs until somebody resumes it. */
@Entity('paused_queues')
@Check('paused_queues_queue_check', `queue in ('high', 'default', 'low')`)
export class PausedQueueEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'paused_queues_pkey' })
  queue!: QueueName;

  @Column('timestamptz', { name: 'paused_at', default: () => 'now()' })
  pausedAt!: Date;
}
