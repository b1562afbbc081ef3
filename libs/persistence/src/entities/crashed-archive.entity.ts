import type { ErrorType } from '@confscope/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An archive, by its content, that ended the process that parsed it; quarantined once it did so too often. */
@Entity('crashed_archives')
export class CrashedArchiveEntity {
  /** Lower-case hex. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'crashed_archives_pkey' })
  sha256!: string;

  /** Processes it ended since it was last parsed to its end, in all runs of these bytes together. */
  @Column('integer')
  crashes!: number;

  /** The run that crashed last. */
  @Column('bigint', { name: 'run_id' })
  runId!: number;

  @Column('text', { name: 'error_type' })
  errorType!: ErrorType;

  @Column('text', { name: 'error_message' })
  errorMessage!: string;

  @Column('timestamptz', { name: 'last_crash_at', default: () => 'now()' })
  lastCrashAt!: Date;

  @Column('timestamptz', { name: 'quarantined_at', nullable: true })
  quarantinedAt!: Date | null;
}
