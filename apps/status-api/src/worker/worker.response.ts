import { RUN_STATUSES, TASK_STATUSES, type TaskStatus } from '@confscope/domain';
import type { WorkerInfo } from '@confscope/job-queue';
import { ApiProperty, PickType } from '@nestjs/swagger';
import { RunResponse } from '../runs/run.response.ts';
import type { QueueLoadsView } from './queue-loads.ts';
import type { RunStatisticsView } from './run-statistics.ts';
import type { AttemptView } from './view-attempt.ts';
import type { TaskView } from './view-task.ts';
import type { WorkerHealth } from './worker-health.ts';

const OBJECTS = { type: 'object', additionalProperties: { type: 'object', additionalProperties: true } } as const;
const RECORD = { type: 'object', additionalProperties: true } as const;

/** Whether anybody works. */
export class WorkerHealthResponse implements WorkerHealth {
  @ApiProperty({ enum: ['healthy', 'unhealthy'] })
  status!: WorkerHealth['status'];

  @ApiProperty()
  workers!: number;

  @ApiProperty()
  active_tasks!: number;

  @ApiProperty({ type: [String] })
  worker_names!: string[];

  @ApiProperty({ type: 'object', additionalProperties: RECORD, description: 'What each worker says of itself.' })
  stats!: Record<string, WorkerInfo>;

  @ApiProperty({ required: false, description: 'What is wrong and what to do.' })
  message?: string;
}

/** A task: one dispatch of a run. */
export class TaskResponse implements TaskView {
  @ApiProperty({ format: 'uuid' })
  task_id!: string;

  @ApiProperty({ enum: TASK_STATUSES })
  status!: TaskStatus;

  @ApiProperty({ description: 'Nothing more will come of this task.' })
  ready!: boolean;

  @ApiProperty()
  successful!: boolean;

  @ApiProperty({ ...RECORD, nullable: true, description: 'Of a task that succeeded or failed.' })
  result!: TaskView['result'];
}

/** A run as its workers see it. */
export class WorkerRunResponse extends PickType(RunResponse, [
  'status',
  'task_id',
  'retry_count',
  'error_type',
  'error_message',
  'error_traceback',
  'started_at',
  'last_heartbeat',
  'completed_at',
  'metrics',
]) {
  @ApiProperty()
  run_id!: number;

  @ApiProperty({ type: 'array', items: RECORD, description: 'Every attempt at the run, oldest first.' })
  attempts!: AttemptView[];
}

/** How runs fare. */
export class WorkerMetricsResponse implements RunStatisticsView {
  @ApiProperty({ type: 'object', properties: Object.fromEntries(RUN_STATUSES.map((s) => [s, { type: 'integer' }])) })
  status_counts!: RunStatisticsView['status_counts'];

  @ApiProperty({
    type: 'object',
    properties: { avg_retries: { type: 'number' }, max_retries: { type: 'integer' } },
  })
  retry_stats!: RunStatisticsView['retry_stats'];

  @ApiProperty({ type: Number, nullable: true })
  avg_duration_seconds!: number | null;

  @ApiProperty({ type: 'array', items: RECORD })
  recent_failures!: RunStatisticsView['recent_failures'];
}

/** How much work the queues hold. */
export class WorkerQueuesResponse implements QueueLoadsView {
  @ApiProperty({ type: 'object', additionalProperties: OBJECTS })
  queues!: QueueLoadsView['queues'];

  @ApiProperty({ description: 'Runs that are not finished: ready, running and delayed.' })
  work!: number;

  @ApiProperty({ description: 'Jobs that could run now: ready and running. A good measure for an autoscaler.' })
  wanted!: number;

  @ApiProperty({ type: Number, nullable: true })
  drain_estimate_seconds!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Null when Redis does not answer.' })
  concurrency!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Of the latest complete runs.' })
  avg_duration_seconds!: number | null;
}
