import { ApiProperty } from '@nestjs/swagger';

/** A value that a later line of the same stanza overwrote. */
export class OverwrittenResponse {
  @ApiProperty()
  value!: string;

  @ApiProperty()
  line!: number;
}

/** A setting of a stanza. */
export class SettingResponse {
  @ApiProperty()
  key!: string;

  @ApiProperty({ description: 'The value that counts in this file; ******** for a secret.' })
  value!: string;

  @ApiProperty({ description: 'Line of the key, from 1.' })
  line!: number;

  @ApiProperty({ description: 'Line where the value ends.' })
  end_line!: number;

  @ApiProperty({ type: [OverwrittenResponse], description: 'Oldest first.' })
  overwritten!: OverwrittenResponse[];

  @ApiProperty({ description: 'The value is a secret and was not stored.' })
  masked!: boolean;

  @ApiProperty({ required: false, description: 'Keyed hash of a secret: equal secrets have equal fingerprints.' })
  fingerprint?: string;
}

/** A stanza of a run and where it stands. */
export class StanzaResponse {
  @ApiProperty({ description: 'Number of the stanza in its run, from 0, in the order of the list.' })
  n!: number;

  @ApiProperty()
  name!: string;

  @ApiProperty({ type: String, nullable: true })
  conf!: string | null;

  @ApiProperty({ enum: ['conf', 'meta'] })
  kind!: 'conf' | 'meta';

  @ApiProperty({ type: String, nullable: true })
  app!: string | null;

  @ApiProperty({ type: String, nullable: true })
  scope!: string | null;

  @ApiProperty({ type: String, nullable: true })
  layer!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The user whose private file it stands in.' })
  user!: string | null;

  @ApiProperty()
  path!: string;

  @ApiProperty({ description: 'Line where the stanza begins.' })
  line!: number;

  @ApiProperty({ type: [Number], description: 'Lines of its headers: Splunk merges stanzas that are repeated.' })
  header_lines!: number[];

  @ApiProperty({ type: [SettingResponse], description: 'In the order of the file.' })
  settings!: SettingResponse[];
}

/** A page of stanzas in the order of their numbers. */
export class StanzaListResponse {
  @ApiProperty({
    type: [StanzaResponse],
    description: 'Fewer than limit where they are very long; next_cursor alone says whether there are more.',
  })
  items!: StanzaResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor!: string | null;

  @ApiProperty({ required: false, description: 'Length of the whole list; only without filters.' })
  total?: number;
}
