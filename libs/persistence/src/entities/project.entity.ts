import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** The owner of runs and parsed files. There is one, called `default`, until there are more. */
@Entity('projects')
@Unique('projects_name_key', ['name'])
export class ProjectEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'projects_pkey',
  })
  id!: number;

  @Column('text')
  name!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
