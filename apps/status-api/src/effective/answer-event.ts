import {
  DECIDING_KEYS,
  type EffectiveConf,
  type GivenSourcetype,
  givenSourcetype,
  matchEvent,
  propsOfEvent,
  type RankedMatch,
  rankMatches,
  type SplunkEvent,
  type UnreadStanza,
} from '@confscope/conf-parser';
import type { LayerQueries } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';
import type { Answer } from './found-settings.ts';
import { readValues, withValues } from './read-values.ts';
import type { TreeSetting } from './tree-stanza.ts';
import { TimeUp, withinTime } from './within-time.ts';

/** Most patterns take a thousandth of it, all together. */
const MAX_MATCHING_MS = 500;

/** What props.conf comes to for an event. */
export interface EventAnswer {
  /** With the sourcetype that its source gives it. */
  event: SplunkEvent;
  given: GivenSourcetype | null;
  /** The stanzas that are for it, the first of which wins. */
  ranked: readonly RankedMatch<TreeSetting>[];
  unread: UnreadStanza[];
  /** What they come to; none when there is nothing. */
  answers: readonly Answer[];
}

/**
 * Says what a merged props.conf comes to for an event.
 *
 * @throws Problem `pattern_too_slow`
 */
export async function answerEvent(
  queries: LayerQueries,
  { effective, forApp }: Answer,
  { event: asked, own }: { event: SplunkEvent; own: boolean },
): Promise<EventAnswer> {
  const known = await matched(queries, effective, asked);
  const given = asked.sourcetype === null ? known.given : null;
  const event = given ? { ...asked, sourcetype: given.sourcetype } : asked;
  const further = given ? await matched(queries, effective, { ...NOTHING, sourcetype: given.sourcetype }) : null;
  const ranked = [...known.ranked, ...(further?.ranked ?? [])];
  const stanza = propsOfEvent(effective, ranked, own);
  const answers = stanza.settingCount() > 0 ? [{ effective: { ...effective, stanzas: [stanza] }, forApp }] : [];
  return { event, given, ranked, unread: [...known.unread, ...(further?.unread ?? [])], answers };
}

const NOTHING: SplunkEvent = { source: null, host: null, sourcetype: null };

interface Matched extends Pick<EventAnswer, 'ranked' | 'unread'> {
  given: GivenSourcetype | null;
}

/** The stanzas for an event in their order, which takes the values of a few settings. */
async function matched(
  queries: LayerQueries,
  effective: EffectiveConf<TreeSetting>,
  event: SplunkEvent,
): Promise<Matched> {
  const { matches, unread } = matchInTime(effective, event);
  const deciding = matches.flatMap(({ stanza }) => DECIDING_KEYS.map((key) => ({ stanza, setting: { key } })));
  return withValues(await readValues(queries, deciding), () => {
    const ranked = rankMatches(matches);
    return { ranked, given: givenSourcetype(ranked), unread };
  });
}

function matchInTime(
  effective: EffectiveConf<TreeSetting>,
  event: SplunkEvent,
): ReturnType<typeof matchEvent<TreeSetting>> {
  let tried = '';
  try {
    return withinTime(MAX_MATCHING_MS, () => matchEvent(effective, event, (stanza) => (tried = stanza)));
  } catch (error) {
    if (!(error instanceof TimeUp)) throw error;
    const remedy = 'Ask for another event, or mend the pattern.';
    throw new Problem(
      422,
      'pattern_too_slow',
      `Matching the stanzas of props.conf with this event takes more than ${MAX_MATCHING_MS} ms; it was stopped at [${tried}]. ${remedy}`,
    );
  }
}
