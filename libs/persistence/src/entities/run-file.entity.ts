import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One line of a run's manifest: a path of the archive and the parsed file it points to. */
@Entity('run_files')
@Check('run_files_kind_check', `kind in ('conf', 'meta', 'ignored')`)
export class RunFileEntity {
  @PrimaryColumn('bigint', { name: 'run_id', primaryKeyConstraintName: 'run_files_pkey' })
  runId!: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'run_files_pkey', collation: 'C' })
  path!: string;

  /** Null for a file that Splunk does not read: it is listed and not parsed. */
  @Column('bigint', { name: 'file_id', nullable: true })
  fileId!: number | null;

  /** How many stanzas stand before this file in the run, files taken in byte order of their paths. */
  @Column('integer', { name: 'first_stanza' })
  firstStanza!: number;

  @Column('text')
  kind!: 'conf' | 'meta' | 'ignored';

  @Column('text', { nullable: true })
  conf!: string | null;

  @Column('text', { nullable: true })
  app!: string | null;

  @Column('text', { nullable: true })
  scope!: string | null;

  @Column('text', { nullable: true })
  layer!: string | null;

  /** The user whose private file this is. */
  @Column('text', { nullable: true })
  owner!: string | null;

  @Column('bigint', { nullable: true })
  bytes!: number | null;

  @Column('text', { nullable: true })
  sha256!: string | null;

  /** The file was known by its content when this run met it. */
  @Column('boolean')
  reused!: boolean;

  @Column('text', { name: 'ignored_reason', nullable: true })
  ignoredReason!: string | null;
}
