import { APP_STATE_STANZAS } from '@confscope/conf-parser';
import { LayerQueries, RunQueries } from '@confscope/persistence';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkInstance, layoutOf } from '../effective/choose-instance.ts';
import { answerUnchanging } from '../http/answer-unchanging.ts';
import { pageOf, pageStart } from '../http/page-of.ts';
import { findRun } from '../runs/find-run.ts';
import { AppListQuery } from './app-list.query.ts';
import { AppListResponse } from './app.response.ts';
import { listApps } from './list-apps.ts';

/** The apps of a run. */
@ApiTags('apps')
@Controller('v1/runs/:id/apps')
export class AppsController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(LayerQueries) private readonly layers: LayerQueries,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lists the apps of a complete run, of all instances and targets' })
  @ApiOkResponse({ type: AppListResponse })
  async list(
    @Param('id') id: string,
    @Query() query: AppListQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AppListResponse | undefined> {
    const start = pageStart(query);
    const run = await findRun(this.runs, id);
    const { instances } = await layoutOf(this.layers, run);
    return answerUnchanging({ request, reply }, run, async () => {
      checkInstance(instances, query.instance);
      const [folders, appConfs] = await Promise.all([
        this.layers.appFolders(run.id),
        this.layers.files(run.id, ['app'], false),
      ]);
      const ids = [...new Set(appConfs.map(({ file_id }) => file_id))];
      const stanzas = await this.layers.stanzas(ids, APP_STATE_STANZAS);
      const apps = listApps(folders, appConfs, stanzas, instances).filter(
        (one) =>
          (query.instance === undefined || one.instance === query.instance) &&
          (query.target === undefined || one.target === query.target) &&
          (query.app === undefined || one.app === query.app) &&
          (query.disabled === undefined || one.disabled === query.disabled),
      );
      return pageOf(apps, start, query.limit, { request, reply });
    });
  }
}
