import {
  decideEvent,
  DECIDING_KEYS,
  type EffectiveConf,
  type EffectiveStanza,
  propsOfEvent,
  type SplunkEvent,
} from '@confscope/conf-parser';
import { type ResolvedEvent, resolveEvent, TooManyStanzas, TooSlow } from '@confscope/event-matching';
import type { LayerQueries } from '@confscope/persistence';
import { Problem } from '@confscope/service-kit';
import type { Answer } from './found-settings.ts';
import { readValues, withValues } from './read-values.ts';
import { type TreeSetting, TreeStanza } from './tree-stanza.ts';

/** What props.conf comes to for an event. */
export interface EventAnswer extends ResolvedEvent<TreeSetting> {
  /** None when there is nothing. */
  answers: readonly Answer[];
}

/** The event that is asked for, of a conf that is merged for the one who asks, and as it is at index time. */
export interface AskedEvent {
  event: SplunkEvent;
  answer: Answer;
  atIndexTime: EffectiveConf<TreeSetting>;
  /** Leave out what `[default]` sets. */
  own: boolean;
}

/**
 * Says what a merged props.conf comes to for an event. Of its values those are read that decide about it.
 *
 * @throws Problem `pattern_too_slow`, `too_many_stanzas`
 */
export async function answerEvent(queries: LayerQueries, asked: AskedEvent): Promise<EventAnswer> {
  const { event, atIndexTime, own } = asked;
  const { effective, forApp } = asked.answer;
  const resolved = await resolveEvent({ event, effective, atIndexTime }, async (matches) => {
    const deciding = matches.flatMap(({ stanza }) => DECIDING_KEYS.map((key) => ({ stanza, setting: { key } })));
    return withValues(await readValues(queries, deciding), () => decideEvent(matches));
  }).catch(asProblem);
  const stanza = propsOfEvent(effective, resolved.ranked, own);
  const answers = stanza.settingCount() > 0 ? [{ effective: { ...effective, stanzas: [stanza] }, forApp }] : [];
  return { ...resolved, answers };
}

/** Lets go of what was made of the stanzas to answer: what was merged may be kept for longer. */
export function releaseEvent({ ranked, answers }: EventAnswer): void {
  for (const { stanza } of ranked) release(stanza);
  for (const { effective } of answers) for (const stanza of effective.stanzas) release(stanza);
}

function release(stanza: EffectiveStanza<TreeSetting>): void {
  stanza.release();
  for (const { stanza: one } of stanza.headers) if (one instanceof TreeStanza) one.release();
}

function asProblem(error: unknown): never {
  const remedy = 'Ask for another event, or without one: with prefix=source:: and the like.';
  if (error instanceof TooSlow) throw new Problem(422, 'pattern_too_slow', `${error.message} ${remedy}`);
  if (error instanceof TooManyStanzas) throw new Problem(422, 'too_many_stanzas', `${error.message} ${remedy}`);
  throw error;
}
