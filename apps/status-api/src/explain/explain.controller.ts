import { RUN_STATUSES, type RunStatus } from '@confscope/domain';
import { RunQueries, WorkerQueries } from '@confscope/persistence';
import { notFound } from '@confscope/service-kit';
import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { findRun } from '../runs/find-run.ts';
import { type AttemptView, viewAttempt } from '../worker/view-attempt.ts';
import { RUN_REASONS, type RunExplanation, type RunReason } from './explain-run.ts';
import { RunExplainer } from './run-explainer.ts';

const RECORD = { type: 'object', additionalProperties: true } as const;

class RunExplanationResponse implements RunExplanation {
  @ApiProperty()
  run_id!: number;

  @ApiProperty({ enum: RUN_STATUSES })
  status!: RunStatus;

  @ApiProperty({ enum: RUN_REASONS })
  reason!: RunReason;

  @ApiProperty({ description: 'What is the matter, and what to do.' })
  message!: string;

  @ApiProperty({ ...RECORD, description: 'What that is known from.' })
  evidence!: Record<string, unknown>;
}

class AttemptListResponse {
  @ApiProperty({ type: 'array', items: RECORD, description: 'Every attempt ever made at the run, oldest first.' })
  items!: AttemptView[];
}

/** What happened to a run, and why nothing happens to it. */
@ApiTags('runs')
@Controller('v1/runs/:id')
export class ExplainController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(WorkerQueries) private readonly work: WorkerQueries,
    @Inject(RunExplainer) private readonly explainer: RunExplainer,
  ) {}

  @Get('explain')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Why a run is not running, with the evidence' })
  @ApiOkResponse({ type: RunExplanationResponse })
  async explain(@Param('id') id: string): Promise<RunExplanationResponse> {
    const explanation = await this.explainer.explain(await findRun(this.runs, id));
    if (!explanation) throw notFound('run', id);
    return explanation;
  }

  @Get('attempts')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The ledger of a run: who tried it when, and how that ended' })
  @ApiOkResponse({ type: AttemptListResponse })
  async attempts(@Param('id') id: string): Promise<AttemptListResponse> {
    const run = await findRun(this.runs, id);
    return { items: (await this.work.attemptsOf(run.id)).map(viewAttempt) };
  }
}
