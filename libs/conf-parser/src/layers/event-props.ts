import { compareBytes } from '../byte-order.ts';
import { MASK } from '../mask.ts';
import { type EffectiveConf, EffectiveStanza } from './effective-conf.ts';
import type { LayerSetting } from './etc-file.ts';
import {
  EVENT_FIELDS,
  type EventField,
  type MatchKind,
  PropsPattern,
  type Separator,
  UnreadablePattern,
} from './props-pattern.ts';

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

/** A stanza that may be for an event, which could not be told; or one that says what is not known. */
export interface UnreadStanza {
  stanza: string;
  why: string;
}

const DEFAULT_PRIORITY: Readonly<Record<MatchKind, number>> = { literal: 100, pattern: 0 };
/** The settings whose values decide about an event: all that has to be read to rank stanzas. */
export const DECIDING_KEYS: readonly string[] = ['priority', 'sourcetype', 'rename'];

/**
 * Finds the stanzas of props.conf that are for an event, in no order. Patterns come from whoever wrote the files, and some
 * take for ever: who limits the time can stop it at any, leave that one out, and go on.
 */
export class EventMatcher<S extends LayerSetting = LayerSetting> {
  readonly matches: StanzaMatch<S>[] = [];
  readonly unread: UnreadStanza[] = [];
  #at = 0;

  constructor(
    private readonly effective: EffectiveConf<S>,
    private readonly event: SplunkEvent,
  ) {}

  /** Tries one stanza after the other. @returns whether it came to the last one; it stops before when `isTime` says so */
  run(isTime: () => boolean = () => false): boolean {
    const { stanzas } = this.effective;
    while (this.#at < stanzas.length) {
      const stanza = stanzas[this.#at];
      if (stanza) this.#try(stanza);
      this.#at++;
      if (isTime()) break;
    }
    return this.#at >= stanzas.length;
  }

  /** Leaves out the stanza at which it was stopped. */
  giveUp(why: string): void {
    this.unread.push({ stanza: this.effective.stanzas[this.#at]?.name ?? '', why });
    this.#at++;
  }

  #try(stanza: EffectiveStanza<S>): void {
    const pattern = PropsPattern.of(stanza.name);
    const text = pattern && this.event[pattern.field];
    if (!pattern || text === null) return;
    try {
      const kind = pattern.match(text, this.#separatorOf(text));
      if (kind) this.matches.push({ stanza, field: pattern.field, kind });
    } catch (error) {
      if (!(error instanceof UnreadablePattern)) throw error;
      this.unread.push({ stanza: stanza.name, why: error.message });
    }
  }

  #separatorOf(text: string): Separator {
    return this.effective.home.isWindows || /^(?:[A-Za-z]:\\|\\\\)/.test(text) ? '\\' : '/';
  }
}

/** What the stanzas for an event say about their own order, and about its sourcetype. */
export interface EventDecision<S extends LayerSetting = LayerSetting> {
  /** The first one wins. */
  ranked: RankedMatch<S>[];
  /** The sourcetype that its source gives the event; null when it gives none. */
  given: SaidSourcetype | null;
  /** The sourcetype that its own one is renamed to at search time; null when it is not. */
  renamed: SaidSourcetype | null;
  unread: UnreadStanza[];
}

/** A sourcetype, and the stanza that says it. */
export interface SaidSourcetype {
  sourcetype: string;
  stanza: string;
}

/**
 * Puts the stanzas that are for an event into their order, the first of which wins: `source::` before `host::` before
 * sourcetypes; of one field by the `priority` that they set, which is 100 for literal names and 0 for patterns otherwise;
 * then by the bytes of the names. Source: props.conf.spec, "stanza precedence", "pattern collisions" and "building the final
 * stanza"; of `sourcetype` and `rename` the texts of these settings.
 */
export function decideEvent<S extends LayerSetting>(matches: readonly StanzaMatch<S>[]): EventDecision<S> {
  const ranked = matches
    .map((match) => ({ ...match, priority: priorityOf(match) }))
    .sort(
      (one, other) =>
        EVENT_FIELDS.indexOf(one.field) - EVENT_FIELDS.indexOf(other.field) ||
        other.priority - one.priority ||
        compareBytes(one.stanza.name, other.stanza.name),
    );
  const unread: UnreadStanza[] = [];
  const said = (field: EventField, key: string): SaidSourcetype | null => {
    const first = ranked.find((match) => match.field === field && match.stanza.hasOwn(key))?.stanza;
    const sourcetype = first?.claimsTo(key)[0]?.setting.value ?? '';
    if (!first || sourcetype === '' || sourcetype === first.name) return null;
    if (!sourcetype.includes(MASK)) return { sourcetype, stanza: first.name };
    unread.push({ stanza: first.name, why: `its ${key} holds a secret, which is masked` });
    return null;
  };
  return { ranked, given: said('source', 'sourcetype'), renamed: said('sourcetype', 'rename'), unread };
}

function priorityOf<S extends LayerSetting>({ stanza, kind }: StanzaMatch<S>): number {
  // What [default] says is said of no stanza in particular.
  const said = stanza.hasOwn('priority') ? (stanza.claimsTo('priority')[0]?.setting.value ?? '') : '';
  return /^[+-]?\d{1,15}$/.test(said) ? Number(said) : DEFAULT_PRIORITY[kind];
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
