import {
  ERROR_TYPES,
  type ErrorType,
  QUEUES,
  type QueueName,
  RUN_STATUSES,
  type RunStatus,
  type RunView,
  UPLOAD_TYPES,
  type UploadType,
} from '@confscope/domain';
import { TARGETS } from '@confscope/conf-parser';
import type { StoredInstance } from '@confscope/persistence';
import { ApiProperty } from '@nestjs/swagger';
import { DiagnosticCountResponse } from '../diagnostics/diagnostic.response.ts';

/** The small form of a run, for those who wait for it. */
export class RunStatusResponse {
  @ApiProperty()
  id!: number;

  @ApiProperty({ enum: RUN_STATUSES })
  status!: RunStatus;

  @ApiProperty({
    type: 'object',
    properties: {
      ...Object.fromEntries(
        ['percent', 'bytes_done', 'bytes_total', 'files', 'stanzas'].map((name) => [name, { type: 'number' }]),
      ),
      remaining_seconds: { type: 'number', nullable: true, description: 'Estimated from the pace so far.' },
    },
  })
  progress!: RunView['progress'];

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  task_id!: string | null;

  @ApiProperty()
  retry_count!: number;

  @ApiProperty({ enum: ERROR_TYPES, nullable: true })
  error_type!: ErrorType | null;

  @ApiProperty({ type: String, nullable: true })
  error_message!: string | null;
}

/** A run. */
export class RunResponse extends RunStatusResponse implements RunView {
  @ApiProperty({ enum: UPLOAD_TYPES, nullable: true, description: 'Null while the upload is in progress.' })
  type!: UploadType | null;

  @ApiProperty({ type: String, nullable: true })
  label!: string | null;

  @ApiProperty({ type: String, nullable: true })
  notes!: string | null;

  @ApiProperty({ enum: QUEUES })
  queue!: QueueName;

  @ApiProperty({ type: String, nullable: true })
  error_traceback!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Start of the current attempt.' })
  started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_heartbeat!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When a waiting retry is due.' })
  next_attempt_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  completed_at!: string | null;

  @ApiProperty({
    type: 'object',
    properties: {
      name: { type: 'string', nullable: true },
      bytes: { type: 'integer', nullable: true },
      sha256: { type: 'string', nullable: true },
    },
  })
  archive!: RunView['archive'];

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  metrics!: RunView['metrics'];

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', nullable: true } })
  links!: RunView['links'];

  @ApiProperty({ type: String, format: 'uri', nullable: true, description: 'The trace, when JAEGER_UI_URL is set.' })
  trace_url!: string | null;
}

/** An instance of Splunk in an upload. */
export class InstanceResponse {
  @ApiProperty({ description: 'The folder that is its etc, or stands for it; empty is the top of the upload.' })
  root!: string;

  @ApiProperty({ enum: ['etc', 'diag', 'apps', 'files'] })
  kind!: StoredInstance['kind'];

  @ApiProperty({ enum: TARGETS, isArray: true, description: 'Whose configuration it holds.' })
  targets!: StoredInstance['targets'];

  @ApiProperty({ type: [String], description: 'What a diag left out, as its list says: an absent file may exist.' })
  left_out!: readonly string[];
}

/** An entry of the archive that could not be taken in. */
export class LeftOutResponse {
  @ApiProperty({ description: 'As the archive has it, made printable.' })
  path!: string;

  @ApiProperty({ description: 'Why, such as link, absolute-path, too-deep.' })
  reason!: string;
}

/** A run, and what was found in its files. */
export class RunDetailResponse extends RunResponse {
  @ApiProperty({
    type: [DiagnosticCountResponse],
    description: 'How often each thing was found; none until it is complete.',
  })
  diagnostic_counts!: DiagnosticCountResponse[];

  @ApiProperty({ type: [InstanceResponse], description: 'The instances in the upload; none until it is complete.' })
  instances!: InstanceResponse[];

  @ApiProperty({ type: [LeftOutResponse], description: 'Entries that could not be taken in, at most 100.' })
  left_out!: readonly LeftOutResponse[];

  @ApiProperty({ type: 'integer', description: 'How many entries could not be taken in.' })
  left_out_count!: number;
}

/** A page of runs, the newest first. */
export class RunListResponse {
  @ApiProperty({ type: [RunResponse] })
  items!: RunResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor!: string | null;

  @ApiProperty({ description: 'Runs on all pages together.' })
  total!: number;
}
