import { RunQueries } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';
import { Controller, Get, Headers, Inject, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { findRun } from '../runs/find-run.ts';
import { eventOf, EventStream } from './event-stream.ts';
import { RunWatcher } from './run-watcher.ts';

/** Each stream holds a connection. */
const MAX_WATCHERS = 1_000;

/** Runs as they change. */
@ApiTags('runs')
@Controller('v1/runs')
export class EventsController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(RunWatcher) private readonly watcher: RunWatcher,
  ) {}

  @Get(':id/events')
  @ApiOperation({
    summary: 'A run as it changes, as server-sent events',
    description: 'Starts with the state the run is in, tells every change, and ends when the run does.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The state that the reader knows already.' })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiNoContentResponse({
    description: 'The run is finished, and the reader knows how: there is nothing to reconnect for.',
  })
  async events(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const run = await findRun(this.runs, id);
    const state = eventOf(run);
    if (state.last && state.id === lastEventId) {
      await reply.status(204).header('cache-control', 'no-store').send();
      return;
    }
    if (this.watcher.watchers >= MAX_WATCHERS)
      throw new Problem(503, 'too_many_watchers', 'Too many event streams are open. Try again, or ask for the status.');
    void reply.hijack();
    const stream = new EventStream(reply.raw, lastEventId);
    stream.tell(run);
    if (state.last) return;
    const unwatch = this.watcher.watch(run.id, (next) => stream.tell(next));
    reply.raw.on('close', unwatch);
  }
}
