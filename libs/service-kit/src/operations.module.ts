import { Controller, type DynamicModule, Get, Headers, Inject, Module, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Health, type HealthReport } from './health.ts';
import { scrape } from './telemetry/metrics-exporter.ts';

/** What every service answers to the people who operate it. */
@Controller()
class OperationsController {
  constructor(@Inject(Health) private readonly health: Health) {}

  @Get('health/live')
  async live(@Res() reply: FastifyReply): Promise<void> {
    await answer(reply, await this.health.liveness());
  }

  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    await answer(reply, await this.health.readiness());
  }

  /** Prometheus text format, or OpenMetrics for those who ask for it. */
  @Get('metrics')
  async metrics(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const { type, text } = await scrape(accept);
    await reply.header('content-type', type).header('vary', 'accept').send(text);
  }
}

async function answer(reply: FastifyReply, report: HealthReport): Promise<void> {
  await reply
    .status(report.status === 'ok' ? 200 : 503)
    .header('cache-control', 'no-store')
    .send(report);
}

/** Health and metrics of a service. */
@Module({})
export class OperationsModule {
  static with(health: Health): DynamicModule {
    return {
      module: OperationsModule,
      controllers: [OperationsController],
      providers: [{ provide: Health, useValue: health }],
    };
  }
}
