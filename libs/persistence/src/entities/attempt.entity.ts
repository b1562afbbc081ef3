import type { ErrorType, QueueName } from '@confscope/domain';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How an attempt ended. */
export const ATTEMPT_OUTCOMES = ['complete', 'failed', 'retry', 'handed_back', 'lost', 'crashed', 'cancelled'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** One line of the ledger, which outlives its run: who tried which run when, and how it ended. */
@Entity('attempts')
@Check(
  'attempts_outcome_check',
  `outcome in ('complete', 'failed', 'retry', 'handed_back', 'lost', 'crashed', 'cancelled')`,
)
@Index('attempts_task_idx', ['taskId'])
export class AttemptEntity {
  @PrimaryColumn('bigint', { name: 'run_id', primaryKeyConstraintName: 'attempts_pkey' })
  runId!: number;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'attempts_pkey' })
  attempt!: number;

  @Column('uuid', { name: 'task_id' })
  taskId!: string;

  @Column('text')
  worker!: string;

  @Column('text')
  queue!: QueueName;

  @Column('timestamptz', { name: 'started_at', default: () => 'now()' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Column('text', { nullable: true })
  outcome!: AttemptOutcome | null;

  @Column('text', { name: 'error_type', nullable: true })
  errorType!: ErrorType | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  @Column('bigint', { name: 'peak_rss_bytes', nullable: true })
  peakRssBytes!: number | null;

  @Column('text', { name: 'trace_id', nullable: true })
  traceId!: string | null;
}
