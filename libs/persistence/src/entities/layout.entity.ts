import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { StoredLayout } from '../stored-layout.ts';

/** The shape of an upload, named by its content: runs of the same shape share it. */
@Entity('layouts')
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
}
