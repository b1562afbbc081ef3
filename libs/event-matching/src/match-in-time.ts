import { setImmediate } from 'node:timers/promises';
import {
  type EffectiveConf,
  EventMatcher,
  type LayerSetting,
  type SplunkEvent,
  type StanzaMatch,
  type UnreadStanza,
} from '@confscope/conf-parser';
import { TimeUp, withinTime } from './within-time.ts';

/** How long is matched before others have their turn. */
const TURN_MS = 20;
/** A pattern that takes this much longer than a turn is left out: those that people mean take thousandths of it. */
const PATTERN_MS = 250;
/** So many patterns may take too long. */
const MAX_SLOW = 4;
/** More stanzas are for no event that anybody has seen. */
const MAX_MATCHES = 1000;

/** So many patterns take too long that nothing would be left of an answer. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/** So many stanzas are for the event that what they come to is no answer. */
export class TooManyStanzas extends Error {
  override readonly name = 'TooManyStanzas';
}

/** Events are matched one after the other: each of them takes its turns among everything else. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Finds the stanzas of props.conf that are for an event. Patterns are strangers' and may take for ever: one that does is left
 * out, and in between others have their turn.
 *
 * @throws TooSlow, TooManyStanzas
 */
export async function matchInTime<S extends LayerSetting>(
  effective: EffectiveConf<S>,
  event: SplunkEvent,
): Promise<{ matches: readonly StanzaMatch<S>[]; unread: readonly UnreadStanza[] }> {
  const matching = last.then(() => match(new EventMatcher(effective, event)));
  last = matching.catch(() => undefined);
  return matching;
}

async function match<S extends LayerSetting>(matcher: EventMatcher<S>): Promise<EventMatcher<S>> {
  for (let slow = 0; ;) {
    try {
      const until = performance.now() + TURN_MS;
      if (withinTime(TURN_MS + PATTERN_MS, () => matcher.run(() => performance.now() > until))) break;
    } catch (error) {
      if (!(error instanceof TimeUp)) throw error;
      matcher.giveUp('its pattern takes too long');
      if (++slow > MAX_SLOW)
        throw new TooSlow(
          `More than ${MAX_SLOW} patterns take too long: ${matcher.unread.map(({ stanza }) => `[${stanza}]`).join(', ')}.`,
        );
    }
    if (matcher.matches.length > MAX_MATCHES) break;
    await setImmediate();
  }
  if (matcher.matches.length > MAX_MATCHES)
    throw new TooManyStanzas(`More than ${MAX_MATCHES} stanzas are for this event.`);
  return matcher;
}
