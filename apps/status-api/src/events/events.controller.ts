import { setTimeout as sleep } from 'node:timers/promises';
import { RunQueries } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';
import { type BeforeApplicationShutdown, Controller, Get, Headers, Inject, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { findRun } from '../runs/find-run.ts';
import { eventOf, EventStream } from './event-stream.ts';
import { RunWatcher } from './run-watcher.ts';

/** Each stream holds a connection. */
const MAX_WATCHERS = 1_000;
/** Readers of a server that stops come back spread over this time. */
const RETRY_MS = { least: 1_000, most: 3_000 };
/** A database that is away must not keep the service from stopping. */
const LAST_LOOK_MS = 1_000;

/** Runs as they change. */
@ApiTags('runs')
@Controller('v1/runs')
export class EventsController implements BeforeApplicationShutdown {
  readonly #open = new Set<EventStream>();
  #stopping = false;

  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(RunWatcher) private readonly watcher: RunWatcher,
  ) {}

  @Get(':id/events')
  @ApiOperation({
    summary: 'A run as it changes, as server-sent events',
    description:
      'Starts with the state the run is in, tells every change, and ends when the run does. It may end before, when a server is replaced: ask again with Last-Event-ID.',
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
    const retryMs = RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least);
    const stream = new EventStream(reply.raw, lastEventId, retryMs);
    stream.tell(run);
    if (state.last) return;
    // An error in place of a stream would make browsers give up for good.
    if (this.#stopping) return stream.part();
    const unwatch = this.watcher.watch(run.id, (next) => stream.tell(next));
    this.#open.add(stream);
    reply.raw.on('close', () => {
      unwatch();
      this.#open.delete(stream);
    });
  }

  /** Tells every reader the last that is known here, and lets it go on elsewhere. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await Promise.race([this.watcher.look().catch(() => undefined), sleep(LAST_LOOK_MS, undefined, { ref: false })]);
    for (const stream of this.#open) stream.part();
  }
}
