import type { Context, EtcTree } from '@confscope/conf-parser';
import type { LayerQueries } from '@confscope/persistence';
import { badRequest } from '@confscope/service-kit';
import { list } from './choose-instance.ts';
import type { EffectiveQuery } from './effective.query.ts';

/** Whether metadata has a say in the answer. */
export function asksInApp({ context, app }: EffectiveQuery): boolean {
  return context === 'app' || (context === undefined && app !== undefined);
}

/** @throws Problem when the parameters contradict each other */
export function checkQuestion(query: EffectiveQuery): void {
  const { context, app, user } = query;
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
