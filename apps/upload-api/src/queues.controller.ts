import { QUEUES, type QueueName } from '@confscope/domain';
import { QueueControls } from '@confscope/persistence';
import { badRequest, type Logger } from '@confscope/service-kit';
import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RebuildIndex } from './rebuild-index.ts';

class QueueStateResponse {
  @ApiProperty({ enum: QUEUES })
  queue!: QueueName;

  @ApiProperty()
  paused!: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Since when; null when it is not.' })
  paused_at!: string | null;
}

class RebuildResponse {
  @ApiProperty({ description: 'Messages that no worker held, and that are gone now.' })
  removed!: number;

  @ApiProperty({ description: 'Runs that wait in PostgreSQL, and that were dispatched again.' })
  dispatched!: number;
}

/** What operators do to queues. */
@ApiTags('queues')
@Controller('v1/queues')
export class QueuesController {
  constructor(
    @Inject(QueueControls) private readonly controls: QueueControls,
    @Inject(RebuildIndex) private readonly index: RebuildIndex,
    @Inject('LOGGER') private readonly logger: Logger,
  ) {}

  @Post(':queue/pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'From a second later on no worker takes jobs from the queue; uploads are accepted, jobs in hand go on',
  })
  @ApiParam({ name: 'queue', enum: QUEUES })
  @ApiOkResponse({ type: QueueStateResponse })
  async pause(@Param('queue') name: string): Promise<QueueStateResponse> {
    const queue = queueOf(name);
    const since = await this.controls.pause(queue);
    this.logger.warn({ queue }, 'queue paused');
    return { queue, paused: true, paused_at: since.toISOString() };
  }

  @Post(':queue/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let workers take jobs from a paused queue again' })
  @ApiParam({ name: 'queue', enum: QUEUES })
  @ApiOkResponse({ type: QueueStateResponse })
  async resume(@Param('queue') name: string): Promise<QueueStateResponse> {
    const queue = queueOf(name);
    if (await this.controls.resume(queue)) this.logger.warn({ queue }, 'queue resumed');
    return { queue, paused: false, paused_at: null };
  }

  @Post('rebuild')
  @HttpCode(200)
  @ApiOperation({ summary: 'Empty the dispatch index and dispatch every waiting run again; jobs in hand go on' })
  @ApiOkResponse({ type: RebuildResponse })
  async rebuild(): Promise<RebuildResponse> {
    const rebuilt = await this.index.run();
    this.logger.warn(rebuilt, 'dispatch index rebuilt');
    return rebuilt;
  }
}

function queueOf(name: string): QueueName {
  const queue = QUEUES.find((known) => known === name);
  if (queue) return queue;
  const message = `There is no queue ${JSON.stringify(name.slice(0, 50))}; the queues are ${QUEUES.join(', ')}.`;
  throw badRequest([{ field: 'queue', message }], 'invalid_queue');
}
