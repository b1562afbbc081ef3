import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An archive in the blob store that no run has any more. The row goes when the archive is gone. */
@Entity('unwanted_archives')
export class UnwantedArchiveEntity {
  @PrimaryColumn('text', { name: 'archive_key', primaryKeyConstraintName: 'unwanted_archives_pkey' })
  archiveKey!: string;

  @Column('timestamptz', { default: () => 'now()' })
  since!: Date;
}
