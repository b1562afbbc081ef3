import { findSecret, type SecretKind } from './find-secret.ts';
import { MASK } from './mask.ts';
import { maskProse } from './mask-prose.ts';
import { gluedSecret, maskName } from './mask-name.ts';
import { findSecretPattern } from './secret-patterns.ts';
import { keyTraits } from './secret-keys.ts';
import { isKeyMaterial, maskKeyMaterial } from './key-material.ts';
import { parseConf, type ParseOptions } from './parse-conf.ts';
import type { Setting } from './parsed-conf.ts';
import { skipBlanks, trimBlanksEnd } from './white-space.ts';

/** A secret in a file, and where it stands. */
export interface FoundSecret {
  kind: SecretKind;
  stanza: string;
  /** Null in a line that is no setting. */
  key: string | null;
  /** Physical line and column, from 1. */
  line: number;
  column: number;
  /** Whether whoever reads the file reads the secret: it is not encrypted, not hashed and not masked already. */
  isClear: boolean;
}

/** A file whose secrets are masked. */
export interface MaskedConf {
  /** Line by line what the file holds, with as many lines. */
  text: string;
  secrets: FoundSecret[];
}

/** A text that begins with this is read without it. */
const DROPPED = '\ufeff';
const LOOSE = /^([ \t\r\v\f#;]*)(.*)$/s;
/** The first line of a key, which has its body on the lines below; without the blanks at its end. */
const OPEN_KEY = /-----BEGIN [A-Z0-9 ]+-----(?:[ \t]*[\w+/]{16}[\w+/=]*)?[ \t]*\\?$/;
const END_OF_KEY = /-----END(?: [A-Z0-9 ]+-----)?/;
const ASSIGNMENT = /^((?:[^\\=]|\\[^])*=[ \t\r\v\f]*)/;

/**
 * Replaces every secret of a conf or meta file by a mask: the values of settings, those that are overwritten later too,
 * settings that are commented out, and what is recognisably secret in names, comments and lines without sense. All else
 * stays as it is; a secret of several lines leaves empty lines behind, so that the others keep their numbers.
 */
export function maskConf(text: string, options: ParseOptions = {}): MaskedConf {
  return new Masker(options).mask(text);
}

class Masker {
  readonly #secrets: FoundSecret[] = [];
  readonly #conf: string;
  #stanza = 'default';
  /** What may go on with the secret above: comments with one in a comment, lines without sense with a setting. */
  #openSecret: 'comment' | 'junk' | null = null;

  constructor(private readonly options: ParseOptions) {
    this.#conf = options.conf ?? '';
  }

  mask(text: string): MaskedConf {
    const lines = text.split('\n');
    const masked: string[] = [];
    for (let at = 0; at < lines.length;) {
      const count = logicalLength(lines, at);
      const raw = lines.slice(at, at + count);
      for (const line of this.#logicalLine(raw, at + 1)) masked.push(line);
      at += count;
    }
    return { text: masked.join('\n'), secrets: this.#secrets };
  }

  #logicalLine(raw: string[], line: number): string[] {
    if (isComment(raw[0] ?? '')) return [this.#looseLine(raw[0] ?? '', line)];
    // A logical line that is read alone means the same as in its file, where it may begin with what a text drops.
    const alone = `${line === 1 ? '' : DROPPED}${raw.join('\n')}`;
    const [stanza] = parseConf(alone, { kind: this.options.kind ?? 'conf' }).stanzas;
    const setting = stanza?.settings[0];
    if (setting) return this.#setting(raw, setting, line);
    if (!stanza) return this.#junk(raw, line);
    this.#stanza = stanza.name;
    this.#openSecret = null;
    return this.#header(raw, line);
  }

  /**
   * Lines without sense. Of several that belong together all go when there is a secret in any, or when they are a setting
   * whose "=" came a line too late.
   */
  #junk(raw: string[], line: number): string[] {
    // In what is continued no line is a comment.
    const masked = raw.map((text, at) => this.#looseLine(text, line + at, at > 0));
    if (raw.length === 1) return masked;
    const isMasked = masked.some((text, at) => text !== raw[at]);
    if (!isMasked && !this.#isLateSetting(raw, line)) return raw;
    this.#openSecret = 'junk';
    return [MASK, ...raw.slice(1).map(() => '')];
  }

  #isLateSetting(raw: string[], line: number): boolean {
    const joined = raw.map((text) => partsOf(text)).map(({ marker, rest }) => marker + rest);
    const [name = '', ...value] = joined.join(' ').split('=');
    const setting = { key: trimBlanks(name), value: trimBlanks(value.join('=')) };
    const kind = setting.key === '' ? null : this.#secretKind(setting.key, setting.value);
    if (kind !== null) this.#add(kind, setting.key, line, columnOf(raw[0] ?? ''), isClear(kind, setting.value));
    return kind !== null;
  }

  #header(raw: string[], line: number): string[] {
    const masked = this.#headerText(raw.join('\n'), line).split('\n');
    return [...masked, ...raw.slice(masked.length).map(() => '')];
  }

  /** The brackets stay, whatever the name is. */
  #headerText(text: string, line: number): string {
    const open = text.indexOf('[') + 1;
    const close = text.lastIndexOf(']');
    const start = text.slice(0, open);
    const name = text.slice(open, close);
    const glued = gluedSecret(name);
    if (glued) {
      const { kind, key, value } = glued;
      this.#add(kind, key, line, open, isClear(kind, value));
      return `${start}${maskName(name)}]`;
    }
    // Text behind the brackets may be a setting that lost its line.
    const behind = text.slice(close + 1).split('\n');
    const rest = behind.map((part) => this.#maskedLine(part, line, close + 1));
    return `${start}${this.#prose(name, line, maskName)}]${rest.join('\n')}`;
  }

  #setting(raw: string[], { key, value }: Setting, line: number): string[] {
    const first = raw[0] ?? '';
    if (isLeakingKey(key, value)) {
      // The rest of a value that lost its backslash, with a "=" in it by chance.
      this.#add('private-key', null, line, columnOf(first), true);
      return [MASK, ...raw.slice(1).map(() => '')];
    }
    const kind = this.#secretKind(key, value);
    this.#openSecret = kind === null && !opensKey(value) ? null : 'junk';
    if (kind === null) return raw;
    this.#add(kind, key, line, columnOf(first), isClear(kind, value));
    const start = ASSIGNMENT.exec(first)?.[1] ?? `${key} = `;
    // The backslash that continued the value goes with it.
    return [`${start}${MASK}${first.endsWith('\r') ? '\r' : ''}`, ...raw.slice(1).map(() => '')];
  }

  #secretKind(key: string, value: string): SecretKind | null {
    return findSecret(this.#conf, this.#stanza, key, value);
  }

  /** A comment, or a line without sense: prose, or a setting that somebody switched off, or that lost its place. */
  #looseLine(text: string, line: number, isContinued = false): string {
    if (skipBlanks(text, 0, text.length) === text.length) return text;
    // The lines of a key whose backslashes are lost.
    const sort = isComment(text) && !isContinued ? 'comment' : 'junk';
    if (this.#openSecret === sort) {
      const { marker, rest, tail } = partsOf(text);
      return `${marker}${this.#partOfSecret(rest)}${tail}`;
    }
    const isOpen = opensKey(text);
    this.#openSecret = isOpen ? sort : null;
    if (isOpen && findSecretPattern(text) === null) this.#add('private-key', null, line, columnOf(text), true);
    return this.#maskedLine(text, line);
  }

  /** @param before how many characters stand before it in its line */
  #maskedLine(text: string, line: number, before = 0): string {
    const { marker, rest, tail } = partsOf(text);
    const setting = parseConf(`${DROPPED}${rest}`).stanzas[0]?.settings[0];
    const kind = setting ? this.#secretKind(setting.key, setting.value) : null;
    if (setting && kind !== null && !(kind === 'named' && isSentence(setting.key))) {
      const isNamed = !isLeakingKey(setting.key, setting.value);
      // Several words before a "=" are prose.
      const clear = isClear(kind, setting.value) && !(kind === 'named' && /[ \t]/.test(setting.key));
      this.#add(kind, isNamed ? setting.key : null, line, before + marker.length + 1, clear);
      const start = isNamed ? maskKeyMaterial(ASSIGNMENT.exec(rest)?.[1] ?? '') : '';
      return `${marker}${start}${MASK}${tail}`;
    }
    const masked = `${maskKeyMaterial(this.#prose(`${marker}${rest}`, line))}${tail}`;
    // The mask may uncover a setting, where what it hides ended in a "=".
    return masked === text ? text : this.#maskedLine(masked, line, before);
  }

  #prose(text: string, line: number, mask = maskProse): string {
    const masked = mask(text);
    if (masked === text) return text;
    // What is no secret by its shape is assigned in a loose line, and one of a command's arguments in a name.
    const kind = findSecretPattern(text) ?? (mask === maskName ? 'command-line' : 'assigned');
    this.#add(kind, null, line, columnOf(text), isClear(kind, text));
    return masked;
  }

  /** What stays of a line that goes on with a secret: nothing but the end of a key. */
  #partOfSecret(text: string): string {
    const end = END_OF_KEY.exec(text)?.[0];
    if (end !== undefined) this.#openSecret = null;
    return `${MASK}${end ?? ''}`;
  }

  #add(kind: SecretKind, key: string | null, line: number, column: number, clear: boolean): void {
    this.#secrets.push({ kind, stanza: maskName(this.#stanza), key, line, column, isClear: clear });
  }
}

function opensKey(text: string): boolean {
  return OPEN_KEY.test(text.trimEnd());
}

/**
 * A line without sense: the signs before it, what it says, and its end, by which the next line belongs to it or not: that
 * must not change.
 */
function partsOf(text: string): { marker: string; rest: string; tail: string } {
  let end = text.length;
  while (text[end - 1] === '\r') end--;
  if (text[end - 1] === '\\') end--;
  const [, marker = '', rest = ''] = LOOSE.exec(text.slice(0, end)) ?? [];
  return { marker, rest, tail: text.slice(end) };
}

function trimBlanks(text: string): string {
  const start = skipBlanks(text, 0, text.length);
  return text.slice(start, trimBlanksEnd(text, start, text.length));
}

/** How many physical lines the logical line that starts here has. */
function logicalLength(lines: readonly string[], at: number): number {
  if (isComment(lines[at] ?? '')) return 1;
  let count = 1;
  while (at + count < lines.length && /\\\r*$/.test(lines[at + count - 1] ?? '')) count++;
  return count;
}

function isComment(line: string): boolean {
  const first = line.charCodeAt(skipBlanks(line, 0, line.length));
  return first === 0x23 || first === 0x3b;
}

function columnOf(text: string): number {
  return skipBlanks(text, 0, text.length) + 1;
}

/** Whether what stands before a "=" is prose that speaks of a secret and goes on, as in `It holds a token. No export =`. */
function isSentence(key: string): boolean {
  const last = key.slice(Math.max(key.lastIndexOf(' '), key.lastIndexOf('\t')) + 1);
  return /[.)][ \t]/.test(key) && !keyTraits(last).soundsSecret;
}

/** A name that holds a secret is no name. */
function isLeakingKey(key: string, value: string): boolean {
  return keyTraits(key).holdsSecret || isKeyMaterial(key, value);
}

/** A mask, what is encrypted or hashed, nothing in so many words, and a form that waits to be filled in, as `<your token>`. */
const NOT_CLEAR =
  /^(?:\*+|\$[17567]\$.+|<[\w -]+>|\$\w+\$|\{\{[^{}]*\}\}|%\w+%|\[[\w -]+\]|\.{2,}|-|""|''|todo|null|n\/a)$/is;

function isClear(kind: SecretKind, value: string): boolean {
  return kind !== 'encrypted' && kind !== 'hash' && !NOT_CLEAR.test(value);
}
