import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredSetting } from '../stored-stanza.ts';

/** One stanza of a parsed file. */
@Entity('stanzas')
export class StanzaEntity {
  @PrimaryColumn('bigint', { name: 'file_id', primaryKeyConstraintName: 'stanzas_pkey' })
  fileId!: number;

  /** Position in the file, from 0. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'stanzas_pkey' })
  ordinal!: number;

  @Column('text')
  name!: string;

  @Column('integer')
  line!: number;

  @Column('integer', { name: 'header_lines', array: true })
  headerLines!: number[];

  @Column('jsonb')
  settings!: StoredSetting[];
}
