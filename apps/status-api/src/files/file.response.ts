import { type Target, TARGETS } from '@confscope/conf-parser';
import { ApiProperty } from '@nestjs/swagger';
import { FILE_KINDS } from './file-list.query.ts';

/** A file of a run and what was found in it. */
export class FileResponse {
  @ApiProperty()
  path!: string;

  @ApiProperty({ type: String, nullable: true })
  conf!: string | null;

  @ApiProperty({ enum: FILE_KINDS })
  kind!: (typeof FILE_KINDS)[number];

  @ApiProperty({ type: String, nullable: true })
  app!: string | null;

  @ApiProperty({ type: String, nullable: true })
  scope!: string | null;

  @ApiProperty({
    enum: TARGETS,
    description: 'Who it is for: the instance, or those it hands its configuration out to.',
  })
  target!: Target;

  @ApiProperty({ type: String, nullable: true })
  layer!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The user whose private file it is.' })
  user!: string | null;

  @ApiProperty({ type: String, nullable: true })
  sha256!: string | null;

  @ApiProperty({ type: Number, nullable: true })
  bytes!: number | null;

  @ApiProperty()
  stanza_count!: number;

  @ApiProperty()
  setting_count!: number;

  @ApiProperty({ description: 'The same content was parsed before, and not again for this run.' })
  reused!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Why Splunk does not read the file.' })
  ignored_reason!: string | null;

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  diagnostics!: unknown[];
}

/** A page of files in byte order of their paths. */
export class FileListResponse {
  @ApiProperty({ type: [FileResponse] })
  items!: FileResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor!: string | null;

  @ApiProperty({ required: false, description: 'Files of the run; only without filters.' })
  total?: number;
}
