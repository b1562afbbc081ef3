/** A field of an event that stanzas of props.conf are matched with, in their order of precedence. */
export const EVENT_FIELDS = ['source', 'host', 'sourcetype'] as const;
export type EventField = (typeof EVENT_FIELDS)[number];

/** How a stanza is for an event: its name is the very text, or a pattern that the whole text fits. */
export type MatchKind = 'literal' | 'pattern';

/** Nothing that is longer is tried: no field of an event is, and compiling a pattern takes memory. */
const MAX_CHARS = 4096;

/** A pattern that is no regular expression, or uses what only PCRE has. */
export class UnreadablePattern extends Error {
  override readonly name = 'UnreadablePattern';
}

/**
 * The name of a stanza of props.conf, as what it says of the events that it is for: `source::…` and `host::…` in Splunk's
 * match language, everything else as a sourcetype. Source: props.conf.spec, "stanza patterns" and "match language".
 */
export class PropsPattern {
  readonly field: EventField;
  readonly #text: string;
  readonly #ignoresCase: boolean;
  /** A sourcetype is compared as it is written, unless its name looks like one of the other kinds: a known trick. */
  readonly #hasLanguage: boolean;

  private constructor(field: EventField, text: string, { ignoresCase = false, hasLanguage = true } = {}) {
    this.field = field;
    this.#text = text;
    this.#ignoresCase = ignoresCase;
    this.#hasLanguage = hasLanguage;
  }

  /** @returns null for a stanza that no field of an event is matched with: `[default]` and rules that find sourcetypes */
  static of(name: string): PropsPattern | null {
    if (name === 'default' || /^(?:delayed)?rule::/.test(name)) return null;
    const [, flags = '', field, text] = /^(\(\?-?[a-z]+\))?(source|host)::([^]*)$/.exec(name) ?? [];
    if (field !== undefined && text !== undefined)
      return new PropsPattern(field as EventField, flags + text, { ignoresCase: field === 'host' });
    return new PropsPattern('sourcetype', name, { hasLanguage: name.includes('::') || name.startsWith('(?') });
  }

  /**
   * Whether it is for the text. The pattern may be anything, so this can take for ever.
   *
   * @param separator of paths, which `*` does not match
   * @throws UnreadablePattern
   */
  match(text: string, separator: '/' | '\\'): MatchKind | null {
    if (this.#isSame(this.#text, text)) return 'literal';
    if (!this.#hasLanguage) return null;
    const literal = unescaped(this.#text);
    if (literal !== null) return this.#isSame(literal, text) ? 'literal' : null;
    return this.#fits(text, separator) ? 'pattern' : null;
  }

  #isSame(one: string, other: string): boolean {
    return one === other || (this.#ignoresCase && one.toLowerCase() === other.toLowerCase());
  }

  #fits(text: string, separator: '/' | '\\'): boolean {
    if (this.#text.length > MAX_CHARS) throw new UnreadablePattern(`it is longer than ${MAX_CHARS} characters`);
    const source = new Translation(separator).of(this.#text);
    try {
      return new RegExp(`^(?:${source})$`, this.#ignoresCase ? 'iu' : 'u').test(text);
    } catch {
      throw new UnreadablePattern('it is no regular expression, or uses what only PCRE has');
    }
  }
}

/** What a text without any pattern stands for; null for one that has some. */
function unescaped(text: string): string | null {
  if (/\.{3}|[*|()[\]{}?+^$]/.test(text) || /\\(?:[A-Za-z0-9]|$)/.test(text.replaceAll('\\\\', ''))) return null;
  return text.replaceAll(/\\([^])/g, '$1');
}

/** The parts of a pattern. A part of one character stands for itself, unless it has a meaning of its own. */
const PART =
  /\.{3}|\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|\(\?#[^)]*\)|\(\?-?[a-z]+(?:-[a-z]+)?\)|\(\?(?:[:=!>]|<[=!]|P?<\w+>)|\{\d+(?:,\d*)?\}|[^]/gu;

/** Writes a pattern of Splunk as a regular expression of JavaScript. */
class Translation {
  /** Of each open group, and of the whole, how many groups were opened for the options that stand in it. */
  readonly #open: number[] = [0];
  #isGroupStart = true;

  constructor(private readonly separator: '/' | '\\') {}

  of(pattern: string): string {
    let source = '';
    for (const [part] of pattern.matchAll(PART)) source += this.#translate(part);
    if (this.#open.length > 1) throw new UnreadablePattern('a bracket is not closed');
    return source + this.#closeOptions();
  }

  #translate(part: string): string {
    if (part.startsWith('(?#')) return '';
    const options = /^\(\?(-?[a-z]+(?:-[a-z]+)?)\)$/.exec(part)?.[1];
    if (options !== undefined) return this.#startOptions(options);
    const isGroup = part.startsWith('(');
    if (isGroup) this.#open.push(0);
    this.#isGroupStart = isGroup;
    if (isGroup) return part.replace('(?P<', '(?<');
    if (part === ')') {
      if (this.#open.length === 1) throw new UnreadablePattern('a bracket is not open');
      return `${this.#closeOptions()})`;
    }
    if (part === '...') return '[^]*';
    if (part === '*') return `[^${quoted(this.separator)}]*`;
    if (part.startsWith('\\')) return escapeOf(part.slice(1));
    if (part.startsWith('[')) return classOf(part);
    return part.length === 1 && /[.{}\]]/.test(part) ? quoted(part) : part;
  }

  /** Options hold to the end of their group, which is written as a group of its own. */
  #startOptions(options: string): string {
    if (!this.#isGroupStart) throw new UnreadablePattern('it has options that do not begin it');
    this.#open.push((this.#open.pop() ?? 0) + 1);
    return `(?${options}:`;
  }

  #closeOptions(): string {
    return ')'.repeat(this.#open.pop() ?? 0);
  }
}

function classOf(part: string): string {
  if (!part.endsWith(']') || part.length === 1) throw new UnreadablePattern('a square bracket is not closed');
  if (part.includes('[:')) throw new UnreadablePattern('it names a class of characters');
  const [, start = '', first = '', rest = ''] = /^(\[\^?)(\]?)([^]*)\]$/u.exec(part) ?? [];
  const inside = rest.replaceAll(/\\([^])/gu, (_, char: string) => escapeInClass(char));
  return `${start}${first && '\\]'}${inside}]`;
}

const escapeInClass = (char: string): string => (char === 'h' ? ' \\t' : char === '-' ? '\\-' : escapeOf(char));

/** What an escaped character means in PCRE. */
function escapeOf(char: string): string {
  if (/[dDwWsSbBnrtfvx1-9]/.test(char)) return `\\${char}`;
  if (char === 'h') return '[ \\t]';
  if (char === 'A') return '^';
  if (char === 'z' || char === 'Z') return '$';
  if (/^[A-Za-z0]?$/.test(char)) throw new UnreadablePattern(`it has \\${char}, which is not known here`);
  return quoted(char);
}

const quoted = (char: string): string => (/[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char);
