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
/** What all patterns of a conf may take together. */
const ALL_MS = 2_000;
const TOO_LONG = 'its pattern takes too long';
/** More stanzas are for no event that anybody has seen. */
const MAX_MATCHES = 1000;

/** The patterns take so long that nothing would be left of an answer. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/** So many stanzas are for the event that what they come to is no answer. */
export class TooManyStanzas extends Error {
  override readonly name = 'TooManyStanzas';
}

/** What was found, and whether all patterns had the time that they took. */
export interface MatchedInTime<S extends LayerSetting = LayerSetting> {
  matches: readonly StanzaMatch<S>[];
  unread: readonly UnreadStanza[];
  isWhole: boolean;
}

/** The end of the turn that was given last. */
let last: Promise<unknown> = Promise.resolve();

/** Does something when its turn comes: one turn of whoever asks follows on another, with everything else in between. */
function inTurn<T>(work: () => T): Promise<T> {
  const turn = last.then(async () => {
    await setImmediate();
    return work();
  });
  last = turn.catch(() => undefined);
  return turn;
}

/**
 * Finds the stanzas of props.conf that are for an event. Patterns are strangers' and may take for ever: one that does is left
 * out, and who asks much waits for those who ask little.
 *
 * @throws TooSlow, TooManyStanzas
 */
export async function matchInTime<S extends LayerSetting>(
  effective: EffectiveConf<S>,
  event: SplunkEvent,
): Promise<MatchedInTime<S>> {
  const matcher = new EventMatcher(effective, event);
  let isWhole = true;
  let spentMs = 0;
  const turn = (): boolean => {
    const start = performance.now();
    try {
      return withinTime(TURN_MS + PATTERN_MS, () => matcher.run(() => performance.now() > start + TURN_MS));
    } catch (error) {
      if (!(error instanceof TimeUp)) throw error;
      isWhole = false;
      matcher.giveUp(TOO_LONG);
      return false;
    } finally {
      spentMs += performance.now() - start;
    }
  };
  for (let isDone = false; !isDone;) {
    isDone = await inTurn(turn);
    const { matches, unread } = matcher;
    if (matches.length > MAX_MATCHES) throw new TooManyStanzas(`More than ${MAX_MATCHES} stanzas are for this event.`);
    if (!isDone && spentMs > ALL_MS) throw new TooSlow(slowness(unread));
  }
  return { matches: matcher.matches, unread: matcher.unread, isWhole };
}

function slowness(unread: readonly UnreadStanza[]): string {
  const told = `Matching the stanzas of props.conf with this event takes more than ${ALL_MS} ms.`;
  const first = unread.find(({ why }) => why === TOO_LONG);
  return first ? `${told} One of those that take long is [${first.stanza.slice(0, 200)}].` : told;
}
