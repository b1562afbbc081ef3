import {
  answerSize,
  type Context,
  effectiveConf,
  type EtcTree,
  printBtool,
  reachOf,
  sightingsOf,
} from '@confscope/conf-parser';
import { LayerQueries, RunQueries } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnchanging } from '../http/answer-unchanging.ts';
import { pageOf, pageStart } from '../http/page-of.ts';
import { findRun } from '../runs/find-run.ts';
import { asksInApp, checkQuestion, chooseContext } from './choose-context.ts';
import { chooseInstance, layoutOf, list } from './choose-instance.ts';
import { MAX_ANSWER_CHARS, tooLarge } from './answer-limit.ts';
import { EffectiveQuery } from './effective.query.ts';
import { EffectiveResponse } from './effective.response.ts';
import { type Answer, FoundSettings } from './found-settings.ts';
import { loadTree } from './load-tree.ts';
import { readValues, withValues } from './read-values.ts';
import type { TreeSetting } from './tree-stanza.ts';
import { viewSettings, viewSighting } from './view-effective.ts';

/** What is printed is put together in memory. */
const MAX_SETTINGS = 2_000_000;

/** A question about a conf, with all that it takes to answer it. */
interface Question {
  conf: string;
  query: EffectiveQuery;
  tree: EtcTree<TreeSetting>;
  context: Context;
}

/** What the layers of a conf come to. */
@ApiTags('effective')
@Controller('v1/runs/:id/effective')
export class EffectiveController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(LayerQueries) private readonly layers: LayerQueries,
  ) {}

  @Get(':conf')
  @ApiOperation({ summary: 'What wins in a conf, setting by setting, and what it beats' })
  @ApiProduces('application/json', 'text/plain')
  @ApiOkResponse({ type: EffectiveResponse })
  async effective(
    @Param('id') id: string,
    @Param('conf') name: string,
    @Query() query: EffectiveQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EffectiveResponse | string | undefined> {
    checkQuestion(query);
    const start = pageStart(query);
    const conf = name.endsWith('.conf') ? name.slice(0, -'.conf'.length) : name;
    const run = await findRun(this.runs, id);
    const layout = await layoutOf(this.layers, run);
    return answerUnchanging({ request, reply }, run, async () => {
      const choice = chooseInstance(layout.instances, query);
      const { stanza = null, format } = query;
      const wanted = { conf, stanza, metadata: asksInApp(query), values: format === 'btool' };
      const tree = await loadTree(this.layers, run.id, layout, choice, wanted);
      await this.#checkConf(run.id, conf, tree);
      const context = await chooseContext(query, tree, this.layers, run.id);
      const question = { conf, query, tree, context };
      if (format === 'btool') {
        void reply.type('text/plain; charset=utf-8');
        return print(question);
      }
      const found = settingsOf(question);
      const { items, next_cursor, total } = pageOf(found, start, query.limit, { request, reply });
      const values = await readValues(this.layers, items);
      const { app = null, user = null } = context.kind === 'app' ? context : {};
      return {
        ...{ conf, reach: reachOf(conf), context: context.kind, app, user, ...choice },
        items: withValues(values, () => viewSettings(items)),
        ...{ next_cursor, total },
        ...(stanza === null ? {} : { sightings: sightings(question, stanza) }),
      };
    });
  }

  async #checkConf(runId: number, conf: string, tree: EtcTree): Promise<void> {
    if (tree.allFilesOf(conf).length > 0) return;
    const { confs } = await this.layers.names(runId);
    if (!confs.includes(conf))
      throw new Problem(404, 'conf_not_found', `Run ${runId} has no ${conf}.conf; it has ${list(confs)}.`);
  }
}

/** @throws Problem `answer_too_large` */
function print({ conf, query, tree, context }: Question): string {
  const { prefix = '', stanza, debug, own, home } = query;
  const effective = effectiveConf(tree, conf, { context, home });
  const { settings, chars } = answerSize(effective, { prefix: query.prefix ?? stanza, own, debug });
  if (settings > MAX_SETTINGS || chars > MAX_ANSWER_CHARS) {
    const most = `at most ${MAX_SETTINGS} settings of ${MAX_ANSWER_CHARS} characters`;
    const remedy = 'Ask with stanza, prefix or own=true.';
    throw tooLarge(
      `The answer could have ${settings} settings of ${chars} characters, and ${most} are sent. ${remedy}`,
    );
  }
  const stanzas = effective.stanzas.filter(({ name }) => stanza === undefined || name === stanza);
  return printBtool({ ...effective, stanzas }, { prefix, debug, own });
}

function settingsOf(question: Question): FoundSettings {
  const { stanza = null, prefix = null, key = null, own } = question.query;
  return new FoundSettings(answers(question), { stanza, prefix, key, own });
}

/** Confs that speak of their own app come to something else for each; btool alone throws them together. */
function answers({ conf, query: { home }, tree, context }: Question): Answer[] {
  if (context.kind === 'app' || reachOf(conf) !== 'app')
    return [{ effective: effectiveConf(tree, conf, { context, home }), forApp: null }];
  return tree.apps().flatMap((app) => {
    const effective = effectiveConf(tree, conf, { context: { kind: 'app', app }, home });
    // An app that is disabled, or has no such file, has nothing of its own that could hold.
    return effective.layers.some(({ place }) => place.app === app) ? [{ effective, forApp: app }] : [];
  });
}

function sightings({ conf, query: { home }, tree, context }: Question, stanza: string) {
  return sightingsOf(tree, conf, stanza, { context, home }).map(viewSighting);
}
