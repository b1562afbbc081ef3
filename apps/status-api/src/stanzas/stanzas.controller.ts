import { RunQueries, StanzaQueries, type StanzaPosition } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnchanging } from '../http/answer-unchanging.ts';
import { decodeCursor, encodeCursor, isRowNumber, isText } from '../http/cursor.ts';
import { linkNext } from '../http/next-link.ts';
import { readStanzaNumber } from '../http/read-parameters.ts';
import { findRun } from '../runs/find-run.ts';
import { StanzaListQuery, stanzaFilterOf } from './stanza-list.query.ts';
import { StanzaListResponse, StanzaResponse } from './stanza.response.ts';
import { takePage } from './take-page.ts';
import { viewStanza } from './view-stanza.ts';

/** Largest number that a stanza can have: a PostgreSQL integer. */
const MAX_STANZA_NUMBER = 2 ** 31 - 1;

/** The stanzas of a run. */
@ApiTags('stanzas')
@Controller('v1/runs/:id/stanzas')
export class StanzasController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(StanzaQueries) private readonly stanzas: StanzaQueries,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lists the stanzas of a run; none until the run is complete' })
  @ApiOkResponse({ type: StanzaListResponse })
  async list(
    @Param('id') id: string,
    @Query() query: StanzaListQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StanzaListResponse | undefined> {
    const after = decodeCursor(query.cursor, positionOf);
    const filter = stanzaFilterOf(query);
    const unfiltered = Object.values(filter).every((value) => value === null || typeof value === 'boolean');
    const run = await findRun(this.runs, id);
    return answerUnchanging({ request, reply }, run, async () => {
      // One more than asked for says whether there is a next page.
      const [{ items, hasMore }, total] = await Promise.all([
        takePage(this.stanzas.list(run.id, filter, { after, limit: query.limit + 1 }), query.limit),
        unfiltered ? this.stanzas.count(run.id, filter) : undefined,
      ]);
      const last = hasMore ? items.at(-1) : undefined;
      const next = last ? encodeCursor([last.n, last.path]) : null;
      if (next !== null) linkNext(request, reply, { cursor: next });
      return { items, next_cursor: next, ...(total === undefined ? {} : { total }) };
    });
  }

  @Get(':n')
  @ApiOperation({ summary: 'One stanza, by its number in the run' })
  @ApiOkResponse({ type: StanzaResponse })
  async one(
    @Param('id') id: string,
    @Param('n') number: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StanzaResponse | undefined> {
    const n = readStanzaNumber(number);
    const run = await findRun(this.runs, id);
    return answerUnchanging({ request, reply }, run, async () => {
      const stanza = await this.stanzas.find(run.id, n);
      if (!stanza) throw new Problem(404, 'stanza_not_found', `Run ${run.id} has no stanza ${n}.`);
      return viewStanza(stanza);
    });
  }
}

function positionOf([n, path]: readonly unknown[]): StanzaPosition | null {
  return isRowNumber(n, MAX_STANZA_NUMBER) && isText(path) ? { n, path } : null;
}
