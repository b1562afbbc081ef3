import { viewRun } from '@confscope/domain';
import {
  LayerQueries,
  RunQueries,
  type RunFilter,
  type RunPage,
  type RunRow,
  type StoredInstance,
} from '@confscope/persistence';
import { badRequest } from '@confscope/service-kit';
import { Controller, Get, Header, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KnownCounts } from '../diagnostics/known-counts.ts';
import { layoutOf } from '../effective/choose-instance.ts';
import { answerUnchanging } from '../http/answer-unchanging.ts';
import { decodeCursor, encodeCursor, isRowNumber } from '../http/cursor.ts';
import { linkNext } from '../http/next-link.ts';
import { readTime } from '../http/read-parameters.ts';
import { findRun } from './find-run.ts';
import { RunListQuery } from './run-list.query.ts';
import {
  type InstanceResponse,
  RunDetailResponse,
  RunListResponse,
  RunResponse,
  RunStatusResponse,
} from './run.response.ts';
import { TraceLinks } from './trace-links.ts';

/** Runs: the uploads and what became of them. */
@ApiTags('runs')
@Controller('v1/runs')
export class RunsController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(KnownCounts) private readonly counts: KnownCounts,
    @Inject(LayerQueries) private readonly layers: LayerQueries,
    @Inject(TraceLinks) private readonly traces: TraceLinks,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Lists runs, the newest first' })
  @ApiOkResponse({ type: RunListResponse })
  async list(
    @Query() query: RunListQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunListResponse> {
    const filter = filterOf(query);
    const page = pageOf(query);
    // One more than asked for says whether there is a next page.
    const [rows, total] = await Promise.all([
      this.runs.list(filter, { ...page, limit: page.limit + 1 }),
      this.runs.count(filter),
    ]);
    const items = rows.slice(0, page.limit);
    const last = rows.length > page.limit ? items.at(-1) : undefined;
    const next = last ? encodeCursor([last.id]) : null;
    if (next !== null)
      linkNext(request, reply, query.page === undefined ? { cursor: next } : { page: String(query.page + 1) });
    return { items: items.map((run) => this.#view(run)), next_cursor: next, total };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One run' })
  @ApiOkResponse({ type: RunDetailResponse })
  async one(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunDetailResponse | undefined> {
    const run = await findRun(this.runs, id);
    return answerUnchanging({ request, reply }, run, async () => {
      const [counts, layout] = await Promise.all([
        this.counts.of(run),
        run.status === 'complete' ? layoutOf(this.layers, run) : null,
      ]);
      return {
        ...this.#view(run),
        diagnostic_counts: [...counts],
        instances: (layout?.instances ?? []).map(viewInstance),
        left_out: layout?.leftOut ?? [],
        left_out_count: layout?.leftOutCount ?? 0,
      };
    });
  }

  @Get(':id/status')
  @ApiOperation({ summary: 'How far a run is, in few words' })
  @ApiOkResponse({ type: RunStatusResponse })
  async status(
    @Param('id') runId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunStatusResponse | undefined> {
    const run = await findRun(this.runs, runId);
    return answerUnchanging({ request, reply }, run, () => {
      const { id, status, progress, task_id, retry_count, error_type, error_message } = viewRun(run);
      return { id, status, progress, task_id, retry_count, error_type, error_message };
    });
  }

  #view(run: RunRow): RunResponse {
    return { ...viewRun(run), trace_url: this.traces.of(run) };
  }
}

function filterOf(query: RunListQuery): RunFilter {
  const { status = null, type = null, label = null } = query;
  return { status, type, label, since: readTime('since', query.since) };
}

function pageOf({ limit, cursor, page, per_page }: RunListQuery): RunPage {
  if (cursor !== undefined && page !== undefined)
    throw badRequest([{ field: 'page', message: 'page and cursor exclude each other: page by one of them.' }]);
  const size = per_page ?? limit;
  const beforeId = decodeCursor(cursor, ([id]) => (isRowNumber(id, Number.MAX_SAFE_INTEGER) ? id : null));
  return { beforeId, offset: ((page ?? 1) - 1) * size, limit: size };
}

function viewInstance({ root, kind, targets, leftOut = [] }: StoredInstance): InstanceResponse {
  return { root, kind, targets, left_out: leftOut };
}
