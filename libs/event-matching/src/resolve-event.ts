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

type Decide<S extends LayerSetting> = (
  matches: readonly StanzaMatch<S>[],
) => Promise<EventDecision<S>> | EventDecision<S>;

const NOTHING: SplunkEvent = { source: null, host: null, sourcetype: null };

/**
 * Finds the stanzas that are for an event in their order. A sourcetype that is not known is the one that the source gives it
 * at index time; at search time, a sourcetype that is renamed is looked up by its new name alone.
 *
 * @param decide ranks stanzas; for those who have to read their values first
 * @throws TooSlow, TooManyStanzas
 */
export async function resolveEvent<S extends LayerSetting>(
  { event, effective, atIndexTime }: EventQuestion<S>,
  decide: Decide<S> = decideEvent,
): Promise<ResolvedEvent<S>> {
  const search = new StanzaSearch(decide);
  const { source, host } = event;
  const isSearchTime = effective !== atIndexTime;
  const byPlace = await search.find(effective, { source, host });
  let given: SaidSourcetype | null = null;
  if (event.sourcetype === null && source !== null)
    ({ given } = await search.decide(isSearchTime ? await search.find(atIndexTime, { source }) : byPlace));
  const named = async (sourcetype: string | null) => ({
    event: { ...event, sourcetype },
    decision: await search.decide([...byPlace, ...(await search.find(effective, { sourcetype }))]),
  });
  const first = await named(event.sourcetype ?? given?.sourcetype ?? null);
  const renamed = isSearchTime ? first.decision.renamed : null;
  const last = renamed ? await named(renamed.sourcetype) : first;
  const { unread, isWhole } = search;
  return { event: last.event, given, renamed, ranked: last.decision.ranked, unread: [...unread.values()], isWhole };
}

/** Finds stanzas and ranks them, and gathers what could not be told on the way. */
class StanzaSearch<S extends LayerSetting> {
  /** By the names of the stanzas. */
  readonly unread = new Map<string, UnreadStanza>();
  isWhole = true;

  constructor(private readonly ranking: Decide<S>) {}

  async find(conf: EffectiveConf<S>, fields: Partial<SplunkEvent>): Promise<readonly StanzaMatch<S>[]> {
    const { matches, unread, isWhole } = await matchInTime(conf, { ...NOTHING, ...fields });
    this.#tell(unread);
    this.isWhole &&= isWhole;
    return matches;
  }

  async decide(matches: readonly StanzaMatch<S>[]): Promise<EventDecision<S>> {
    const decision = await this.ranking(matches);
    this.#tell(decision.unread);
    return decision;
  }

  #tell(unread: readonly UnreadStanza[]): void {
    for (const one of unread) this.unread.set(one.stanza, one);
  }
}
