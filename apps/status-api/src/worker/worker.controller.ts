import { viewRun } from '@confscope/domain';
import { QueueControls, RunQueries, WorkerQueries } from '@confscope/persistence';
import { notFound } from '@confscope/service-kit';
import { Controller, Get, Header, Inject, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { readTaskId } from '../http/read-parameters.ts';
import { findRun } from '../runs/find-run.ts';
import { viewQueueLoads } from './queue-loads.ts';
import { viewRunStatistics } from './run-statistics.ts';
import { viewAttempt } from './view-attempt.ts';
import { taskOfAttempt, taskOfRun } from './view-task.ts';
import { workerHealthOf } from './worker-health.ts';
import { WorkerRoster } from './worker-roster.ts';
import {
  TaskResponse,
  WorkerHealthResponse,
  WorkerMetricsResponse,
  WorkerQueuesResponse,
  WorkerRunResponse,
} from './worker.response.ts';

const RECENT_FAILURES = 10;
/** How many complete runs tell how long a run takes these days. */
const RECENT_RUNS = 100;

/** The workers, their tasks and the work that waits for them. */
@ApiTags('worker')
@Controller('v1/worker')
export class WorkerController {
  constructor(
    @Inject(WorkerRoster) private readonly roster: WorkerRoster,
    @Inject(WorkerQueries) private readonly work: WorkerQueries,
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(QueueControls) private readonly controls: QueueControls,
  ) {}

  @Get('health')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether any worker lives' })
  @ApiOkResponse({ type: WorkerHealthResponse })
  @ApiServiceUnavailableResponse({ type: WorkerHealthResponse, description: 'No worker lives, or Redis is away.' })
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<WorkerHealthResponse> {
    const health = workerHealthOf(await this.roster.read());
    if (health.status === 'unhealthy') void reply.status(503);
    return health;
  }

  @Get('tasks/:task_id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'One task' })
  @ApiOkResponse({ type: TaskResponse })
  async task(@Param('task_id') id: string): Promise<TaskResponse> {
    const taskId = readTaskId(id);
    const run = await this.work.runOfTask(taskId);
    if (run) return taskOfRun(taskId, run);
    const attempt = await this.work.lastAttemptOf(taskId);
    if (!attempt) throw notFound('task', taskId);
    return taskOfAttempt(taskId, attempt);
  }

  @Get('runs/:id/status')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A run as its workers see it, with every attempt at it' })
  @ApiOkResponse({ type: WorkerRunResponse })
  async run(@Param('id') id: string): Promise<WorkerRunResponse> {
    const run = viewRun(await findRun(this.runs, id));
    const attempts = await this.work.attemptsOf(run.id);
    return {
      run_id: run.id,
      status: run.status,
      task_id: run.task_id,
      retry_count: run.retry_count,
      error_type: run.error_type,
      error_message: run.error_message,
      error_traceback: run.error_traceback,
      started_at: run.started_at,
      last_heartbeat: run.last_heartbeat,
      completed_at: run.completed_at,
      metrics: run.metrics,
      attempts: attempts.map(viewAttempt),
    };
  }

  @Get('metrics')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How runs fare' })
  @ApiOkResponse({ type: WorkerMetricsResponse })
  async metrics(): Promise<WorkerMetricsResponse> {
    const [statistics, failures] = await Promise.all([
      this.work.runStatistics(),
      this.work.recentFailures(RECENT_FAILURES),
    ]);
    return viewRunStatistics(statistics, failures);
  }

  @Get('queues')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How much work the queues hold, for people and for autoscalers' })
  @ApiOkResponse({ type: WorkerQueuesResponse })
  async queues(): Promise<WorkerQueuesResponse> {
    const [loads, workers, avgSeconds, paused] = await Promise.all([
      this.work.queueLoads(),
      this.roster.read(),
      this.work.recentDuration(RECENT_RUNS),
      this.controls.paused(),
    ]);
    return viewQueueLoads(loads, workers, avgSeconds, paused);
  }
}
