import { DiagnosticQueries, type DiagnosticPosition, type DiagnosticRow, RunQueries } from '@confscope/persistence';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnchanging } from '../http/answer-unchanging.ts';
import { decodeCursor, encodeCursor, isRowNumber, isText } from '../http/cursor.ts';
import { linkNext } from '../http/next-link.ts';
import { findRun } from '../runs/find-run.ts';
import { diagnosticFilterOf, DiagnosticListQuery } from './diagnostic-list.query.ts';
import { DiagnosticListResponse, type DiagnosticResponse } from './diagnostic.response.ts';

/** Largest number of a finding in its file: a PostgreSQL integer. */
const MAX_NUMBER = 2 ** 31 - 1;

/** What was found in the files of a run. */
@ApiTags('diagnostics')
@Controller('v1/runs/:id/diagnostics')
export class DiagnosticsController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(DiagnosticQueries) private readonly diagnostics: DiagnosticQueries,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lists what is odd about the files of a run, and counts it by code' })
  @ApiOkResponse({ type: DiagnosticListResponse })
  async list(
    @Param('id') id: string,
    @Query() query: DiagnosticListQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DiagnosticListResponse | undefined> {
    const after = decodeCursor(query.cursor, positionOf);
    const filter = diagnosticFilterOf(query);
    const run = await findRun(this.runs, id);
    return answerUnchanging({ request, reply }, run, async () => {
      // One more than asked for says whether there is a next page.
      const [rows, counts] = await Promise.all([
        this.diagnostics.list(run.id, filter, { after, limit: query.limit + 1 }),
        this.diagnostics.count(run.id, filter),
      ]);
      const items = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? items.at(-1) : undefined;
      const next = last ? encodeCursor([last.path, last.n]) : null;
      if (next !== null) linkNext(request, reply, { cursor: next });
      const total = counts.reduce((sum, one) => sum + one.count, 0);
      return { items: items.map(viewDiagnostic), next_cursor: next, total, counts };
    });
  }
}

function positionOf([path, n]: readonly unknown[]): DiagnosticPosition | null {
  return isText(path) && isRowNumber(n, MAX_NUMBER) ? { path, n } : null;
}

function viewDiagnostic({ finding, path, conf, kind, app, scope, layer, owner }: DiagnosticRow): DiagnosticResponse {
  return { ...finding, path, conf, kind, app, scope, layer, user: owner };
}
