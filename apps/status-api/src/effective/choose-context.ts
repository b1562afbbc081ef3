import { type Context, EVENT_FIELDS, type EtcTree } from '@confscope/conf-parser';
import type { LayerQueries } from '@confscope/persistence';
import { badRequest } from '@confscope/service-kit';
import { list } from './choose-instance.ts';
import { type EffectiveQuery, eventOf } from './effective.query.ts';

/** Whether metadata has a say in the answer. */
export function asksInApp({ context, app }: EffectiveQuery): boolean {
  return context === 'app' || (context === undefined && app !== undefined);
}

/** @throws Problem when the parameters contradict each other */
export function checkQuestion(conf: string, query: EffectiveQuery): void {
  const { context, app, user } = query;
  checkEvent(conf, query);
  if (query.format === 'btool' && query.key !== undefined)
    throw badRequest([{ field: 'key', message: 'key has no meaning with format=btool; leave format out.' }]);
  if (query.format === 'btool' && query.inherit)
    throw badRequest([
      { field: 'inherit', message: 'inherit has no meaning with format=btool, which shows what btool does.' },
    ]);
  if (asksInApp(query)) {
    if (app === undefined) throw badRequest([{ field: 'app', message: 'context=app needs app: the app that asks.' }]);
    return;
  }
  if (user !== undefined && app === undefined)
    throw badRequest([{ field: 'user', message: 'user needs app: the app in which the user asks.' }]);
  if (app !== undefined)
    throw badRequest([
      { field: 'app', message: `app has no meaning with context=${context}; leave context out or say context=app.` },
    ]);
}

/** What an event has comes from all stanzas that are for it, and btool knows no events. */
function checkEvent(conf: string, query: EffectiveQuery): void {
  const event = eventOf(query);
  const field = EVENT_FIELDS.find((one) => event && event[one] !== null);
  if (field === undefined) return;
  if (conf !== 'props')
    throw badRequest([
      { field, message: `${field} has a meaning for props alone: no stanza of ${conf} is for events.` },
    ]);
  const other = (['stanza', 'prefix', 'inherit'] as const).find(
    (one) => query[one] !== undefined && query[one] !== false,
  );
  if (other !== undefined)
    throw badRequest([{ field: other, message: `${other} has no meaning with ${field}; leave one of them out.` }]);
  if (query.format === 'btool')
    throw badRequest([{ field, message: `${field} has no meaning with format=btool; leave format out.` }]);
}

/**
 * The context of a question. Without one it is that of the whole instance, which has a bundle on a cluster peer.
 *
 * @throws Problem for an app that the tree does not have
 */
export async function chooseContext(
  query: EffectiveQuery,
  tree: EtcTree,
  queries: LayerQueries,
  runId: number,
): Promise<Context> {
  if (!asksInApp(query)) {
    const whole = tree.hasPeerApps() ? 'peer' : 'global';
    return { kind: query.context === 'global' || query.context === 'peer' ? query.context : whole };
  }
  const { app = '', user = null } = query;
  if (!tree.apps().includes(app)) {
    const { apps } = await queries.names(runId);
    if (!apps.includes(app)) throw badRequest([{ field: 'app', message: `app must be one of ${list(apps)}.` }]);
  }
  return { kind: 'app', app, user };
}
