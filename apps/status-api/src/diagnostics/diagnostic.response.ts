import { ApiProperty } from '@nestjs/swagger';
import { SEVERITIES } from './diagnostic-list.query.ts';

/** One finding in a file of a run. */
export class DiagnosticResponse {
  @ApiProperty({ description: 'Stable; what to filter by.' })
  code!: string;

  @ApiProperty({ enum: SEVERITIES })
  severity!: string;

  @ApiProperty({ description: 'What is wrong.' })
  message!: string;

  @ApiProperty({ description: 'What to do about it.' })
  remedy!: string;

  @ApiProperty()
  path!: string;

  @ApiProperty({ description: 'From 1.' })
  line!: number;

  @ApiProperty({ description: 'From 1.' })
  column!: number;

  @ApiProperty()
  conf!: string;

  @ApiProperty({ enum: ['conf', 'meta'] })
  kind!: 'conf' | 'meta';

  @ApiProperty({ type: String, nullable: true })
  app!: string | null;

  @ApiProperty({ type: String, nullable: true })
  scope!: string | null;

  @ApiProperty({ type: String, nullable: true })
  layer!: string | null;

  @ApiProperty({ type: String, nullable: true })
  user!: string | null;
}

/** How often something was found. */
export class DiagnosticCountResponse {
  @ApiProperty()
  code!: string;

  @ApiProperty({ enum: SEVERITIES })
  severity!: string;

  @ApiProperty()
  count!: number;
}

/** A page of findings in byte order of their paths, and by line. */
export class DiagnosticListResponse {
  @ApiProperty({ type: [DiagnosticResponse] })
  items!: DiagnosticResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor!: string | null;

  @ApiProperty({ description: 'Findings that the filter leaves.' })
  total!: number;

  @ApiProperty({ type: [DiagnosticCountResponse], description: 'Of all that the filter leaves.' })
  counts!: DiagnosticCountResponse[];
}
