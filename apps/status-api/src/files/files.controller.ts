import { type Scope, targetOf } from '@confscope/conf-parser';
import { RunFileQueries, type RunFileRow, RunQueries } from '@confscope/persistence';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnchanging } from '../http/answer-unchanging.ts';
import { decodeCursor, encodeCursor, isText } from '../http/cursor.ts';
import { linkNext } from '../http/next-link.ts';
import { findRun } from '../runs/find-run.ts';
import { fileFilterOf, FileListQuery } from './file-list.query.ts';
import { FileListResponse, type FileResponse } from './file.response.ts';

/** The files of a run. */
@ApiTags('files')
@Controller('v1/runs/:id/files')
export class FilesController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(RunFileQueries) private readonly files: RunFileQueries,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lists the files of a run; none until the run is complete' })
  @ApiOkResponse({ type: FileListResponse })
  async list(
    @Param('id') id: string,
    @Query() query: FileListQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FileListResponse | undefined> {
    const afterPath = decodeCursor(query.cursor, ([path]) => (isText(path) ? path : null));
    const filter = fileFilterOf(query);
    const unfiltered = Object.values(filter).every((value) => value === null);
    const run = await findRun(this.runs, id);
    return answerUnchanging({ request, reply }, run, async () => {
      // One more than asked for says whether there is a next page.
      const [rows, total] = await Promise.all([
        this.files.list(run.id, filter, { afterPath, limit: query.limit + 1 }),
        unfiltered ? this.files.count(run.id) : undefined,
      ]);
      const items = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? items.at(-1) : undefined;
      const next = last ? encodeCursor([last.path]) : null;
      if (next !== null) linkNext(request, reply, { cursor: next });
      return { items: items.map(viewFile), next_cursor: next, ...(total === undefined ? {} : { total }) };
    });
  }
}

function viewFile({ owner, ...file }: RunFileRow): FileResponse {
  return { ...file, user: owner, target: targetOf(file.scope as Scope | null) };
}
