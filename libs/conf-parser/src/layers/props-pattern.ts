import { MASK } from '../mask.ts';

/** A field of an event that stanzas of props.conf are matched with, in their order of precedence. */
export const EVENT_FIELDS = ['source', 'host', 'sourcetype'] as const;
export type EventField = (typeof EVENT_FIELDS)[number];

/** How a stanza is for an event: its name is the very text, or a pattern that the whole text fits. */
export type MatchKind = 'literal' | 'pattern';

/** What parts the folders of a path, which `*` does not match. */
export type Separator = '/' | '\\';

/** Nothing that is longer is tried: no field of an event is, and compiling a pattern takes memory. */
const MAX_CHARS = 4096;

/** A pattern that is no regular expression, or uses what only PCRE has, or cannot be known. */
export class UnreadablePattern extends Error {
  override readonly name = 'UnreadablePattern';
}

interface PatternTraits {
  ignoresCase: boolean;
  /** It begins with an option, so it is no mere name, whatever follows. */
  hasOption: boolean;
  /** A sourcetype is compared as it is written, unless its name looks like one of the other kinds: a known trick. */
  hasLanguage: boolean;
}

/**
 * The name of a stanza of props.conf, as what it says of the events that it is for: `source::…` and `host::…` in Splunk's
 * match language, everything else as a sourcetype. Source: props.conf.spec, "stanza patterns" and "match language".
 */
export class PropsPattern {
  private constructor(
    readonly field: EventField,
    private readonly text: string,
    private readonly traits: PatternTraits,
  ) {}

  /** @returns null for a stanza that no field of an event is matched with: `[default]` and rules that find sourcetypes */
  static of(name: string): PropsPattern | null {
    if (name === 'default' || /^(?:delayed)?rule::/.test(name)) return null;
    const [, flags = '', typed, rest = ''] = /^(\(\?-?[a-z]+\))?(source|host)::([^]*)$/.exec(name) ?? [];
    const field = (typed ?? 'sourcetype') as EventField;
    const whole = typed === undefined ? name : flags + rest;
    const [option, minus] = /^\(\?(-?)i\)/.exec(whole) ?? [];
    return new PropsPattern(field, whole.slice(option?.length ?? 0), {
      ignoresCase: minus === undefined ? field === 'host' : minus === '',
      hasOption: option !== undefined,
      hasLanguage: typed !== undefined || name.includes('::') || name.startsWith('(?'),
    });
  }

  /**
   * Whether it is for the text. The pattern may be anything, so this can take for ever.
   *
   * @throws UnreadablePattern when that cannot be told
   */
  match(text: string, separator: Separator): MatchKind | null {
    const { hasLanguage, hasOption } = this.traits;
    const literal: MatchKind = hasOption ? 'pattern' : 'literal';
    // A secret in the name was masked: what stands for it is not what stood there.
    const isMasked = this.text.includes(MASK);
    if (!isMasked && this.#isSame(this.text, text)) return literal;
    if (!hasLanguage || !this.#beginsAs(text)) return null;
    if (isMasked) throw new UnreadablePattern('it holds a secret, which is masked');
    const meant = unescaped(this.text);
    if (meant !== null) return this.#isSame(meant, text) ? literal : null;
    return this.#fits(text, separator) ? 'pattern' : null;
  }

  #isSame(one: string, other: string): boolean {
    return one === other || (this.traits.ignoresCase && one.toLowerCase() === other.toLowerCase());
  }

  /** Whether the text begins with what the pattern begins with: most patterns are done with a look at that. */
  #beginsAs(text: string): boolean {
    if (this.text.includes('|')) return true;
    const [fixed = ''] = FIXED.exec(this.text.slice(0, MAX_CHARS)) ?? [];
    return this.#isSame(fixed, text.slice(0, fixed.length));
  }

  #fits(text: string, separator: Separator): boolean {
    if (this.text.length > MAX_CHARS) throw new UnreadablePattern(`it is longer than ${MAX_CHARS} characters`);
    const source = new Translation(separator).of(this.text);
    try {
      return new RegExp(`^(?:${source})$`, this.traits.ignoresCase ? 'iu' : 'u').test(text);
    } catch {
      throw new UnreadablePattern('it is no regular expression, or uses what only PCRE has');
    }
  }
}

/** The characters at the start of a pattern that stand for themselves, and once. */
const FIXED = /^(?:(?!\.{3})[^*|()[\]{}?+^$\\](?![?{+]))*/;

/** What a text without any pattern stands for; null for one that has some. */
function unescaped(text: string): string | null {
  if (/\.{3}|[*|()[\]{}?+^$\\]/.test(text.replaceAll(/\\[^A-Za-z0-9]/g, ''))) return null;
  return text.replaceAll(/\\([^])/g, '$1');
}

/** The parts of a pattern. A part of one character stands for itself, unless it has a meaning of its own. */
const PART =
  /(?:\.{3})+|\*+|\\x\{[0-9A-Fa-f]{1,6}\}|\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|\(\?#[^)]*\)|\(\?-?[a-z]+(?:-[a-z]+)?\)|\(\?P=\w+\)|\(\?(?:[:=!>]|<[=!]|P?<\w+>)|\{\d+(?:,\d*)?\}|[^]/gu;

/** Writes a pattern of Splunk as a regular expression of JavaScript. */
class Translation {
  /** Of the whole, and of each open group, the options that stand in it: they hold to its end. */
  readonly #options: string[][] = [[]];

  constructor(private readonly separator: Separator) {}

  of(pattern: string): string {
    let source = '';
    for (const [part] of pattern.matchAll(PART)) source += this.#translate(part);
    if (this.#options.length > 1) throw new UnreadablePattern('a bracket is not closed');
    return source + this.#close();
  }

  #translate(part: string): string {
    if (part.startsWith('(')) return this.#open(part);
    if (part === ')') {
      if (this.#options.length === 1) throw new UnreadablePattern('a bracket is not open');
      const closed = this.#close();
      this.#options.pop();
      return `${closed})`;
    }
    // Options hold in what follows as well, and a group cannot reach over a bar.
    if (part === '|') return `${this.#close()}|${this.#current().map(opened).join('')}`;
    if (part.startsWith('...')) return '[^]*';
    if (part.startsWith('*')) return `[^${quoted(this.separator)}]*`;
    if (part.startsWith('\\x{')) return `\\u${part.slice(2)}`;
    if (part.startsWith('\\')) return escapeOf(part.slice(1));
    if (part.startsWith('[')) return classOf(part);
    return part.length === 1 && /[.{}\]]/.test(part) ? quoted(part) : part;
  }

  #open(part: string): string {
    if (part.startsWith('(?#')) return '';
    const [, name] = /^\(\?P=(\w+)\)$/.exec(part) ?? [];
    if (name !== undefined) return `\\k<${name}>`;
    const [, options] = /^\(\?([a-z-]+)\)$/.exec(part) ?? [];
    if (options === undefined) {
      this.#options.push([]);
      return part.replace('(?P<', '(?<');
    }
    this.#current().push(options);
    return opened(options);
  }

  #current(): string[] {
    return this.#options.at(-1) ?? [];
  }

  #close(): string {
    return ')'.repeat(this.#current().length);
  }
}

const opened = (options: string): string => `(?${options}:`;

function classOf(part: string): string {
  if (!part.endsWith(']') || part.length === 1) throw new UnreadablePattern('a square bracket is not closed');
  if (part.includes('[:')) throw new UnreadablePattern('it names a class of characters');
  const [, start = '', first = '', rest = ''] = /^(\[\^?)(\]?)([^]*)\]$/u.exec(part) ?? [];
  const members = rest.match(/\\[^]|[^]/gu) ?? [];
  const inside = members.map((member, at) => {
    // Next to a class there is no range that a hyphen could stand for.
    if (member === '-') return isClass(members[at - 1]) || isClass(members[at + 1]) ? '\\-' : '-';
    return member.startsWith('\\') && member.length > 1 ? escapeInClass(member.slice(1)) : member;
  });
  return `${start}${first && '\\]'}${inside.join('')}]`;
}

const isClass = (member = ''): boolean => /^\\[dDwWsSh]$/.test(member);

const escapeInClass = (char: string): string => (char === 'h' ? ' \\t' : char === '-' ? '\\-' : escapeOf(char));

/** What an escaped character means in PCRE. */
function escapeOf(char: string): string {
  if (/[dDwWsSbBnrtfvx1-9]/.test(char)) return `\\${char}`;
  if (char === 'h') return '[ \\t]';
  if (char === 'A') return '^';
  if (char === 'z' || char === 'Z') return '$';
  if (/^[A-Za-z0]?$/.test(char))
    throw new UnreadablePattern(`it has \\${char}, which is not known here; a backslash is written \\\\`);
  return quoted(char);
}

const quoted = (char: string): string => (/[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char);
