import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** The files of one app of an archive, named by all they are: immutable, shared by every run that holds the same. */
@Entity('trees')
@Index('trees_unused_idx', ['id'], { where: 'unused_since is not null' })
@Unique('trees_content_key', ['projectId', 'sha256', 'parserVersion'])
export class TreeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'trees_pkey',
  })
  id!: number;

  @Column('bigint', { name: 'project_id' })
  projectId!: number;

  @Column('integer', { name: 'parser_version' })
  parserVersion!: number;

  /** See `treeName`. */
  @Column('text')
  sha256!: string;

  @Column('integer', { name: 'file_count' })
  fileCount!: number;

  @Column('integer', { name: 'stanza_count' })
  stanzaCount!: number;

  /** What can be found in its files, see `search-hashes.ts`; null: anything. */
  @Column('bytea', { name: 'search_hashes', nullable: true })
  searchHashes!: Buffer | null;

  /** Since when nothing has been seen to use it; null while something does. See `content-janitor.ts`. */
  @Column('timestamptz', { name: 'unused_since', nullable: true })
  unusedSince!: Date | null;
}

/** One file of a tree: a path and the parsed file it points to. */
@Entity('tree_files')
@Index('tree_files_file_idx', ['fileId'])
@Check('tree_files_kind_check', `kind in ('conf', 'meta', 'ignored')`)
export class TreeFileEntity {
  @PrimaryColumn('bigint', { name: 'tree_id', primaryKeyConstraintName: 'tree_files_pkey' })
  treeId!: number;

  /** Position in the tree, from 0, in byte order of the paths. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'tree_files_pkey' })
  ordinal!: number;

  /** Below the prefix of the tree. */
  @Column({ type: 'text', collation: 'C' })
  path!: string;

  /** Null for a file that Splunk does not read: it is listed and not parsed. */
  @Column('bigint', { name: 'file_id', nullable: true })
  fileId!: number | null;

  /** How many stanzas stand before this file in the tree. */
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

  @Column('bigint', { name: 'ignored_bytes', nullable: true })
  ignoredBytes!: number | null;

  @Column('text', { name: 'ignored_reason', nullable: true })
  ignoredReason!: string | null;
}
