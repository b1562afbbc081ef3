import { Check, Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A parsed file, named by its content: immutable, shared by every run that holds the same bytes. */
@Entity('conf_files')
@Check('conf_files_kind_check', `kind in ('conf', 'meta')`)
@Index('conf_files_unused_idx', ['id'], { where: 'unused_since is not null' })
@Unique('conf_files_content_key', ['projectId', 'sha256', 'kind', 'conf', 'parserVersion'])
export class ConfFileEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'conf_files_pkey',
  })
  id!: number;

  @Column('bigint', { name: 'project_id' })
  projectId!: number;

  @Column('text')
  kind!: 'conf' | 'meta';

  /** The conf name (`props`), or `default.meta` / `local.meta`. What is a secret depends on it. */
  @Column('text')
  conf!: string;

  @Column('text')
  sha256!: string;

  @Column('integer', { name: 'parser_version' })
  parserVersion!: number;

  @Column('integer')
  bytes!: number;

  @Column('integer', { name: 'stanza_count' })
  stanzaCount!: number;

  @Column('integer', { name: 'setting_count' })
  settingCount!: number;

  @Column('integer', { name: 'error_count' })
  errorCount!: number;

  @Column('integer', { name: 'warning_count' })
  warningCount!: number;

  @Column('integer', { name: 'info_count' })
  infoCount!: number;

  @Column('jsonb')
  diagnostics!: unknown[];

  /** What can be found in it, see `search-hashes.ts`; null: anything. */
  @Column('bytea', { name: 'search_hashes', nullable: true })
  searchHashes!: Buffer | null;

  /** Since when nothing has been seen to use it; null while something does. See `content-janitor.ts`. */
  @Column('timestamptz', { name: 'unused_since', nullable: true })
  unusedSince!: Date | null;
}
