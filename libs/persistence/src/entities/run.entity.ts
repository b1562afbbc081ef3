import type { ErrorType, QueueName, RunMetrics, RunProgress, RunStatus, UploadType } from '@confscope/domain';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { ProjectEntity } from './project.entity.ts';

/**
 * One upload and what became of it. The row is the promise to the uploader, the outbox of the dispatch
 * (`dispatched_at is null`) and the fence of its workers (`attempt`).
 */
@Entity('runs')
@Check('runs_type_check', `type in ('ds_etc', 'instance_etc', 'app_bundle', 'single_conf')`)
@Check('runs_status_check', `status in ('pending', 'stored', 'parsing', 'complete', 'failed', 'cancelled')`)
@Check('runs_queue_check', `queue in ('high', 'default', 'low')`)
@Index('runs_unfinished_idx', ['status', 'id'], { where: `status in ('pending', 'stored', 'parsing')` })
@Index('runs_status_idx', ['status', 'id'])
@Index('runs_task_idx', ['taskId'])
@Index('runs_layout_idx', ['layoutId'])
@Index('runs_archive_idx', ['archiveSha256', 'parserVersion', 'completedAt'], {
  where: 'parser_version is not null',
})
@Index('runs_idempotency_idx', ['projectId', 'idempotencyKey'], {
  unique: true,
  where: 'idempotency_key is not null',
})
export class RunEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'runs_pkey',
  })
  id!: number;

  @Column('bigint', { name: 'project_id', default: 1 })
  projectId!: number;

  @ManyToOne(() => ProjectEntity)
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'runs_project_fkey' })
  project?: Relation<ProjectEntity>;

  /** Null while the upload is in progress: it is known only when the whole form has arrived. */
  @Column('text', { nullable: true })
  type!: UploadType | null;

  @Column('text', { nullable: true })
  label!: string | null;

  @Column('text', { nullable: true })
  notes!: string | null;

  @Column('text')
  status!: RunStatus;

  @Column('text')
  queue!: QueueName;

  /** Name of the archive in the blob store. */
  @Column('text', { name: 'archive_key', nullable: true })
  archiveKey!: string | null;

  /** File name the uploader gave. */
  @Column('text', { name: 'archive_name', nullable: true })
  archiveName!: string | null;

  /** Lower-case hex. */
  @Column('text', { name: 'archive_sha256', nullable: true })
  archiveSha256!: string | null;

  @Column('bigint', { name: 'archive_bytes', nullable: true })
  archiveBytes!: number | null;

  @Column('text', { name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;

  /** Names the current dispatch; a re-parse gets a new one, a retry keeps it. */
  @Column('uuid', { name: 'task_id', nullable: true })
  taskId!: string | null;

  /** Counts claims, for ever upwards: the fence. */
  @Column('integer', { default: 0 })
  attempt!: number;

  @Column('integer', { name: 'retry_count', default: 0 })
  retryCount!: number;

  @Column('timestamptz', { name: 'next_attempt_at', nullable: true })
  nextAttemptAt!: Date | null;

  /** When the dispatch index was told; null means that it still has to be. */
  @Column('timestamptz', { name: 'dispatched_at', nullable: true })
  dispatchedAt!: Date | null;

  /** Who holds the run: a worker while it parses, an upload service while it uploads. */
  @Column('text', { nullable: true })
  worker!: string | null;

  /** The stream entry whose delivery holds the claim: the same entry, redelivered, may claim again. */
  @Column('text', { nullable: true })
  delivery!: string | null;

  @Column('text', { name: 'error_type', nullable: true })
  errorType!: ErrorType | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  @Column('text', { name: 'error_traceback', nullable: true })
  errorTraceback!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** Start of the current attempt. */
  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'last_heartbeat', nullable: true })
  lastHeartbeat!: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;

  @Column('jsonb', { nullable: true })
  progress!: RunProgress | null;

  @Column('jsonb', { nullable: true })
  metrics!: RunMetrics | null;

  /** The shape of the upload; null before it is known, and for runs that were parsed before shapes were kept. */
  @Column('bigint', { name: 'layout_id', nullable: true })
  layoutId!: number | null;

  /** Which parser read it; null unless it is complete, and for runs that were complete before this was kept. */
  @Column('integer', { name: 'parser_version', nullable: true })
  parserVersion!: number | null;

  /** Whether a file of it is called after the archive: under another name the same bytes come to something else. */
  @Column('boolean', { name: 'named_by_archive', nullable: true })
  namedByArchive!: boolean | null;

  /** W3C trace context of the upload, rejoined by retries and by the reconciler. */
  @Column('text', { nullable: true })
  traceparent!: string | null;
}
