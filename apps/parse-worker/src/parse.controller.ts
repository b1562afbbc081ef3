import type { JobEnvelope } from '@confscope/domain';
import { JobContext, KeepErrorFilter, PARSE, type Settlement } from '@confscope/job-queue';
import { Controller, Inject, UseFilters } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { ParseRunJob } from './parse-run.job.ts';
import { workerMetrics } from './worker-metrics.ts';

/** Where parse jobs come in. */
@Controller()
@UseFilters(KeepErrorFilter)
export class ParseController {
  constructor(@Inject(ParseRunJob) private readonly job: ParseRunJob) {}

  @MessagePattern<string>(PARSE)
  parse(@Payload() _job: JobEnvelope, @Ctx() context: JobContext): Promise<Settlement> {
    workerMetrics.taken(context.delivery, Date.now());
    return this.job.run(context.delivery);
  }
}
