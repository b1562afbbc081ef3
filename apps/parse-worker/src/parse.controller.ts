import type { JobEnvelope } from '@confscope/domain';
import { JobContext, PARSE, type Settlement } from '@confscope/job-queue';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { ParseRunJob } from './parse-run.job.ts';

/** Where parse jobs come in. */
@Controller()
export class ParseController {
  constructor(@Inject(ParseRunJob) private readonly job: ParseRunJob) {}

  @MessagePattern<string>(PARSE)
  parse(@Payload() _job: JobEnvelope, @Ctx() context: JobContext): Promise<Settlement> {
    return this.job.run(context.delivery);
  }
}
