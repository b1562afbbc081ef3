import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { StoredLayout } from '../stored-layout.ts';

/** The shape of an upload, named by its content: runs of the same shape share it. */
@Entity('layouts')
@Index('layouts_unused_idx', ['id'], { where: 'unused_since is not null' })
@Unique('layouts_content_key', ['projectId', 'sha256'])
export class LayoutEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'layouts_pkey',
  })
  id!: number;

  @Column('bigint', { name: 'project_id' })
  projectId!: number;

  /** SHA-256 of the document as it was written, lower-case hex. */
  @Column('text')
  sha256!: string;

  @Column('jsonb')
  document!: StoredLayout;

  /** Since when nothing has been seen to use it; null while something does. See `content-janitor.ts`. */
  @Column('timestamptz', { name: 'unused_since', nullable: true })
  unusedSince!: Date | null;
}
