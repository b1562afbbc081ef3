import { compareBytes } from '../byte-order.ts';
import { type EffectiveConf, EffectiveStanza } from './effective-conf.ts';
import type { LayerSetting } from './etc-file.ts';
import { EVENT_FIELDS, type EventField, type MatchKind, PropsPattern, UnreadablePattern } from './props-pattern.ts';

/** What stanzas of props.conf are matched with; null is not known, and no stanza is for it. */
export type SplunkEvent = Readonly<Record<EventField, string | null>>;

/** A stanza that is for an event. */
export interface StanzaMatch<S extends LayerSetting = LayerSetting> {
  stanza: EffectiveStanza<S>;
  field: EventField;
  kind: MatchKind;
}

/** A stanza that is for an event, and how much it counts among those of its field. */
export interface RankedMatch<S extends LayerSetting = LayerSetting> extends StanzaMatch<S> {
  priority: number;
}

/** A stanza that may be for an event: its pattern could not be read. */
export interface UnreadStanza {
  stanza: string;
  why: string;
}

const PRIORITY = 'priority';
const DEFAULT_PRIORITY: Readonly<Record<MatchKind, number>> = { literal: 100, pattern: 0 };
/** The settings whose values decide about an event: all that has to be read to rank stanzas. */
export const DECIDING_KEYS: readonly string[] = [PRIORITY, 'sourcetype'];

/**
 * Finds the stanzas of props.conf that are for an event, in no order. Patterns come from whoever wrote the files, and some
 * take for ever.
 *
 * @param onTry is told the name of each stanza before it is tried, for those who limit the time
 */
export function matchEvent<S extends LayerSetting>(
  { home, stanzas }: EffectiveConf<S>,
  event: SplunkEvent,
  onTry: (stanza: string) => void = () => undefined,
): { matches: StanzaMatch<S>[]; unread: UnreadStanza[] } {
  const separator = home.isWindows ? '\\' : '/';
  const matches: StanzaMatch<S>[] = [];
  const unread: UnreadStanza[] = [];
  for (const stanza of stanzas) {
    const pattern = PropsPattern.of(stanza.name);
    const text = pattern && event[pattern.field];
    if (!pattern || text === null) continue;
    onTry(stanza.name);
    try {
      const kind = pattern.match(text, separator);
      if (kind) matches.push({ stanza, field: pattern.field, kind });
    } catch (error) {
      if (!(error instanceof UnreadablePattern)) throw error;
      unread.push({ stanza: stanza.name, why: error.message });
    }
  }
  return { matches, unread };
}

/**
 * Puts the stanzas that are for an event into their order, the first of which wins: `source::` before `host::` before
 * sourcetypes; of one field by `priority`, which is 100 for literal names and 0 for patterns unless set; then by the bytes
 * of the names. Source: props.conf.spec, "stanza precedence", "pattern collisions" and "building the final stanza".
 */
export function rankMatches<S extends LayerSetting>(matches: readonly StanzaMatch<S>[]): RankedMatch<S>[] {
  return matches
    .map((match) => ({ ...match, priority: priorityOf(match) }))
    .sort(
      (one, other) =>
        EVENT_FIELDS.indexOf(one.field) - EVENT_FIELDS.indexOf(other.field) ||
        other.priority - one.priority ||
        compareBytes(one.stanza.name, other.stanza.name),
    );
}

function priorityOf<S extends LayerSetting>({ stanza, kind }: StanzaMatch<S>): number {
  const said = stanza.claimsTo(PRIORITY)[0]?.setting.value ?? '';
  return /^-?\d{1,15}$/.test(said) ? Number(said) : DEFAULT_PRIORITY[kind];
}

/** A sourcetype, and the stanza that gives it. */
export interface GivenSourcetype {
  sourcetype: string;
  stanza: string;
}

/** The sourcetype that the stanzas for its source give an event; null when they give none. Only those can. */
export function givenSourcetype<S extends LayerSetting>(ranked: readonly RankedMatch<S>[]): GivenSourcetype | null {
  const ofSource = ranked.filter(({ field }) => field === 'source').map(({ stanza }) => stanza);
  const [claim] = EffectiveStanza.ofEvent(ofSource).claimsTo('sourcetype');
  return claim && claim.setting.value !== '' ? { sourcetype: claim.setting.value, stanza: claim.stanza.name } : null;
}

/**
 * All that props.conf comes to for an event: of every key the value of the first stanza that sets it, and of `[default]`
 * where none does.
 *
 * @param own leave out what `[default]` sets
 */
export function propsOfEvent<S extends LayerSetting>(
  { stanzas }: EffectiveConf<S>,
  ranked: readonly RankedMatch<S>[],
  own = false,
): EffectiveStanza<S> {
  const fallback = stanzas.filter(({ name }) => name === 'default' && !own);
  return EffectiveStanza.ofEvent([...ranked.map(({ stanza }) => stanza), ...fallback]);
}
