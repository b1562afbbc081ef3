import {
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type Relation,
  Unique,
} from 'typeorm';

/** All files of an archive that matter, as trees, named by its content: an archive that did not change has the same one. */
@Entity('manifests')
@Index('manifests_unused_idx', ['id'], { where: 'unused_since is not null' })
@Unique('manifests_content_key', ['projectId', 'sha256'])
export class ManifestEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'manifests_pkey',
  })
  id!: number;

  @Column('bigint', { name: 'project_id' })
  projectId!: number;

  /** See `manifestName`. */
  @Column('text')
  sha256!: string;

  @Column('integer', { name: 'file_count' })
  fileCount!: number;

  @Column('integer', { name: 'stanza_count' })
  stanzaCount!: number;

  /** Since when nothing has been seen to use it; null while something does. See `content-janitor.ts`. */
  @Column('timestamptz', { name: 'unused_since', nullable: true })
  unusedSince!: Date | null;
}

/** A tree at its place in a manifest. */
@Entity('manifest_trees')
export class ManifestTreeEntity {
  @PrimaryColumn('bigint', { name: 'manifest_id', primaryKeyConstraintName: 'manifest_trees_pkey' })
  manifestId!: number;

  /** Position in the manifest, from 0, in byte order of the paths: no two trees overlap. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'manifest_trees_pkey' })
  ordinal!: number;

  @Column({ type: 'text', name: 'first_path', collation: 'C' })
  firstPath!: string;

  /** How many characters of the first path stand before the path of every file of the tree. */
  @Column('integer', { name: 'prefix_chars' })
  prefixChars!: number;

  @Column('bigint', { name: 'tree_id' })
  treeId!: number;

  /** How many files stand before the tree in the manifest. */
  @Column('integer', { name: 'first_file' })
  firstFile!: number;

  /** How many stanzas stand before the tree in the manifest. */
  @Column('integer', { name: 'first_stanza' })
  firstStanza!: number;
}

/** Which manifest is that of a run. */
@Entity('run_manifests')
@Index('run_manifests_manifest_idx', ['manifestId'])
export class RunManifestEntity {
  @PrimaryColumn('bigint', { name: 'run_id', primaryKeyConstraintName: 'run_manifests_pkey' })
  runId!: number;

  @Column('bigint', { name: 'manifest_id' })
  manifestId!: number;

  @ManyToOne(() => ManifestEntity)
  @JoinColumn({ name: 'manifest_id', foreignKeyConstraintName: 'run_manifests_manifest_fkey' })
  manifest?: Relation<ManifestEntity>;

  /** Numbers of the files, from 0 in the order of the manifest, that this run was the first to parse. */
  @Column('int4multirange')
  parsed!: string;
}
