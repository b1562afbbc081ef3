import {
  answerSize,
  type Context,
  effectiveConf,
  type EtcTree,
  printBtool,
  reachOf,
  sightingsOf,
} from '@confscope/conf-parser';
import { LayerQueries, RunQueries, type RunRow, type StoredLayout } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnchanging } from '../http/answer-unchanging.ts';
import { type Page, pageOf, pageStart } from '../http/page-of.ts';
import { readConfName } from '../http/read-parameters.ts';
import { findRun } from '../runs/find-run.ts';
import { asksInApp, checkQuestion, chooseContext } from './choose-context.ts';
import { type Choice, chooseInstance, layoutOf, list } from './choose-instance.ts';
import { MAX_ANSWER_CHARS, tooLarge } from '../http/answer-limit.ts';
import { answerEvent, type EventAnswer, releaseEvent } from './answer-event.ts';
import { EffectiveQuery, eventOf } from './effective.query.ts';
import { EffectiveResponse } from './effective.response.ts';
import { type Answer, type FoundSetting, FoundSettings } from './found-settings.ts';
import { loadTree, type Wanted } from './load-tree.ts';
import { type MergedConf, MergedConfs } from './merged-confs.ts';
import { readValues, withValues } from './read-values.ts';
import type { TreeSetting } from './tree-stanza.ts';
import { viewEvent, viewSettings, viewSighting } from './view-effective.ts';

/** What is printed is put together in memory. */
const MAX_SETTINGS = 2_000_000;

/** A question about a conf of an instance. */
interface Question {
  run: RunRow;
  conf: string;
  query: EffectiveQuery;
  layout: StoredLayout;
  choice: Choice;
}

/** What the layers of a conf come to. */
@ApiTags('effective')
@Controller('v1/runs/:id/effective')
export class EffectiveController {
  constructor(
    @Inject(RunQueries) private readonly runs: RunQueries,
    @Inject(LayerQueries) private readonly layers: LayerQueries,
    @Inject(MergedConfs) private readonly merged: MergedConfs,
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
    const conf = readConfName(name);
    checkQuestion(conf, query);
    const start = pageStart(query);
    const run = await findRun(this.runs, id);
    const layout = await layoutOf(this.layers, run);
    return answerUnchanging({ request, reply }, run, async (doNotKeep) => {
      const choice = chooseInstance(layout.instances, query);
      const question = { run, conf, query, layout, choice };
      if (query.format === 'btool') {
        const printed = print(await this.#merge(question, { stanza: query.stanza ?? null, values: true }), query);
        void reply.type('text/plain; charset=utf-8');
        return printed;
      }
      const merged = await this.#merged(question);
      const event = await this.#event(question, merged);
      if (event && !event.isWhole) doNotKeep();
      try {
        return await this.#page(question, merged, event, (found) =>
          pageOf(found, start, query.limit, { request, reply }),
        );
      } finally {
        if (event) releaseEvent(event);
      }
    });
  }

  async #page(
    { conf, query, choice }: Question,
    { tree, context, answers }: MergedConf,
    event: EventAnswer | null,
    cut: (found: FoundSettings) => Page<FoundSetting>,
  ): Promise<EffectiveResponse> {
    const { stanza = null, prefix = null, key = null, own, home } = query;
    const found = new FoundSettings(event?.answers ?? answers, { stanza, prefix, key, own: own && !event });
    const { items, next_cursor, total } = cut(found);
    const values = await readValues(this.layers, items);
    const { app = null, user = null } = context.kind === 'app' ? context : {};
    return {
      ...{ conf, reach: reachOf(conf), context: context.kind, app, user, ...choice },
      items: withValues(values, () => viewSettings(items)),
      ...{ next_cursor, total },
      ...(event ? { event: viewEvent(event) } : {}),
      ...(stanza === null ? {} : { sightings: sightingsOf(tree, conf, stanza, { context, home }).map(viewSighting) }),
    };
  }

  /** The conf merged as it was for the page before, or anew. For one stanza little is read, and nothing is kept. */
  #merged(question: Question): Promise<MergedConf> {
    const { run, conf, query, choice } = question;
    const { stanza = null, context, app, user, home, inherit } = query;
    const asked = { conf, choice, context, app, user, home, inherit };
    const key = JSON.stringify([run.id, run.attempt, run.completed_at, asked]);
    if (stanza !== null) return this.merged.peek(key) ?? this.#merge(question, { stanza, values: false });
    return this.merged.take(key, () => this.#merge(question, { stanza: null, values: false }));
  }

  async #merge(
    { run, conf, query, layout, choice }: Question,
    wanted: Pick<Wanted, 'stanza' | 'values'>,
  ): Promise<MergedConf> {
    const tree = await loadTree(this.layers, run.id, layout, choice, { conf, metadata: asksInApp(query), ...wanted });
    await this.#checkConf(run.id, conf, tree);
    const context = await chooseContext(query, tree, this.layers, run.id);
    const { home, inherit } = query;
    return { tree, context, answers: answersOf({ tree, context, conf, home, inherit, together: wanted.values }) };
  }

  /** What the conf comes to for the event that is asked for; null when none is. */
  async #event(question: Question, { context, answers: [answer] }: MergedConf): Promise<EventAnswer | null> {
    const { query } = question;
    const event = eventOf(query);
    if (!event || !answer) return null;
    const isSearchTime = context.kind === 'app';
    const whole = { ...query, context: undefined, app: undefined, user: undefined };
    const { answers } = isSearchTime ? await this.#merged({ ...question, query: whole }) : { answers: [answer] };
    const atIndexTime = answers[0]?.effective ?? answer.effective;
    return answerEvent(this.layers, { event, answer, atIndexTime, own: query.own });
  }

  async #checkConf(runId: number, conf: string, tree: EtcTree): Promise<void> {
    if (tree.allFilesOf(conf).length > 0) return;
    const { confs } = await this.layers.names(runId);
    if (!confs.includes(conf))
      throw new Problem(404, 'conf_not_found', `Run ${runId} has no ${conf}.conf; it has ${list(confs)}.`);
  }
}

/** @throws Problem `answer_too_large` */
function print({ answers }: MergedConf, query: EffectiveQuery): string {
  const { prefix = '', stanza, debug, own } = query;
  const [answer] = answers;
  if (!answer) return '';
  const { effective } = answer;
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

interface Parts {
  tree: EtcTree<TreeSetting>;
  context: Context;
  conf: string;
  home: string;
  inherit: boolean;
  /** Throw together what apps say of themselves. */
  together: boolean;
}

/** Confs that speak of their own app come to something else for each; btool alone throws them together. */
function answersOf({ tree, context, conf, home, inherit, together }: Parts): Answer[] {
  if (together || context.kind === 'app' || reachOf(conf) !== 'app')
    return [{ effective: effectiveConf(tree, conf, { context, home, inherit }), forApp: null }];
  return tree.apps().flatMap((app) => {
    const effective = effectiveConf(tree, conf, { context: { kind: 'app', app }, home, inherit });
    // An app that is disabled, or has no such file, has nothing of its own that could hold.
    return effective.layers.some(({ place }) => place.app === app) ? [{ effective, forApp: app }] : [];
  });
}
