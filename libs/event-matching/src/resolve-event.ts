import {
  decideEvent,
  type EffectiveConf,
  type EventDecision,
  type LayerSetting,
  type RankedMatch,
  type SaidSourcetype,
  type SplunkEvent,
  type StanzaMatch,
  type UnreadStanza,
} from '@confscope/conf-parser';
import { matchInTime } from './match-in-time.ts';

/** What is asked of props.conf for an event. */
export interface EventQuestion<S extends LayerSetting = LayerSetting> {
  event: SplunkEvent;
  /** The conf as it is merged for the one who asks. */
  effective: EffectiveConf<S>;
  /** The same at index time, which is when a sourcetype is given. */
  atIndexTime: EffectiveConf<S>;
}

/** An event, and the stanzas that are for it. */
export interface ResolvedEvent<S extends LayerSetting = LayerSetting> {
  /** With the sourcetype that counts. */
  event: SplunkEvent;
  /** The sourcetype that its source gave it; null when it was asked for, or there is none. */
  given: SaidSourcetype | null;
  /** The sourcetype that its own one was renamed to; null when it was not. */
  renamed: SaidSourcetype | null;
  /** The first one wins. */
  ranked: readonly RankedMatch<S>[];
  /** Stanzas that may be for it, and are not counted. */
  unread: readonly UnreadStanza[];
  /** Whether no stanza was left out for the time it takes: asked again, the answer may be another one otherwise. */
  isWhole: boolean;
}

/**
 * Finds the stanzas that are for an event in their order. A sourcetype that is not known is the one that the source gives it
 * at index time; at search time, a sourcetype that is renamed is looked up by its new name alone.
 *
 * @param decide ranks stanzas; for those who have to read their values first
 * @throws TooSlow, TooManyStanzas
 */
export async function resolveEvent<S extends LayerSetting>(
  { event: asked, effective, atIndexTime }: EventQuestion<S>,
  decide: (matches: readonly StanzaMatch<S>[]) => Promise<EventDecision<S>> | EventDecision<S> = decideEvent,
): Promise<ResolvedEvent<S>> {
  const unread = new Map<string, UnreadStanza>();
  let isWhole = true;
  const tell = (all: readonly UnreadStanza[]): void => all.forEach((one) => unread.set(one.stanza, one));
  const find = async (conf: EffectiveConf<S>, fields: Partial<SplunkEvent>): Promise<readonly StanzaMatch<S>[]> => {
    const found = await matchInTime(conf, { ...NOTHING, ...fields });
    tell(found.unread);
    isWhole &&= found.isWhole;
    return found.matches;
  };
  const decideOn = async (matches: readonly StanzaMatch<S>[]): Promise<EventDecision<S>> => {
    const decision = await decide(matches);
    tell(decision.unread);
    return decision;
  };
  const { source, host } = asked;
  const isSearchTime = effective !== atIndexTime;
  const byPlace = await find(effective, { source, host });
  let given: SaidSourcetype | null = null;
  if (asked.sourcetype === null && source !== null)
    ({ given } = await decideOn(isSearchTime ? await find(atIndexTime, { source }) : byPlace));
  const byName = (sourcetype: string | null) => (sourcetype === null ? [] : find(effective, { sourcetype }));
  const sourcetype = asked.sourcetype ?? given?.sourcetype ?? null;
  const decision = await decideOn([...byPlace, ...(await byName(sourcetype))]);
  const renamed = isSearchTime ? decision.renamed : null;
  const answerOf = (name: string | null, { ranked }: EventDecision<S>): ResolvedEvent<S> => ({
    ...{ event: { ...asked, sourcetype: name }, given, renamed, ranked },
    ...{ unread: [...unread.values()], isWhole },
  });
  if (!renamed) return answerOf(sourcetype, decision);
  return answerOf(renamed.sourcetype, await decideOn([...byPlace, ...(await byName(renamed.sourcetype))]));
}

const NOTHING: SplunkEvent = { source: null, host: null, sourcetype: null };
