import { isMadeUp } from './made-up.ts';
import { MASK } from './mask.ts';
import { mayAssign } from './may-assign.ts';

/**
 * A word for a secret and what is assigned to it, plain or in quotes, those of a text in a text as well; the word may be
 * in quotes, too, as in JSON. What is assigned has a bound, because a search may be hundreds of kilobytes of
 * "password=password=…".
 */
const ASSIGNED =
  /(pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|secret|access)[-_]?key)(?:\\?["'])?\s*(=>?|:(?![:/]))\s*(?:\\?"([^"\s]{1,256}?)\\?"|\\?'([^'\s]{1,256}?)\\?'|((?!>)[^\s"'|\]),;=]{1,256})(?![^\s|\]"',;]))/gi;
/**
 * What stands before a word and leaves it one: not "timetoken" nor "event.token"; a parameter of an alert action has a dot
 * there.
 */
const BEFORE_WORD = /(?:^|[^a-z\d.]|\bparam\.)$/i;
const MAX_BEFORE = 7;
/** A name such as `field1`, `src_ip4` and `x509.issuer`. */
const FIELD = /^_?[a-z]+\d{0,4}(?:[_.]+(?:[a-z]+\d{0,4}|\d{1,4}))*$/i;
/** What the highlighting of code gives a token. */
const COLOR = /^#[\da-f]{6}$/i;
/** The same of one word: a password may look so, too. */
const FIELD_OF_WORDS = /^[a-z]\w*[_.]\w/i;
/** Commands whose arguments are expressions: a word in them is a field, and so is what stands in single quotes. */
const EXPRESSION = /^\s*(?:eval|where|fieldformat)\b/i;

/**
 * Whether somebody typed a secret into a search or the arguments of a command, as in `password="…"`. A field, or the mere
 * word, is none.
 */
export function typesSecret(search: string): boolean {
  if (!mayAssign(search)) return false;
  let command = 0;
  let seen = 0;
  for (const { index, word, double, single, text } of assignments(search)) {
    // The command that this is an argument of, found on the way from the last assignment to this one.
    const between = search.slice(seen, index);
    command = Math.max(command, seen + Math.max(between.lastIndexOf('|'), between.lastIndexOf('[')) + 1);
    seen = index;
    const isExpression = () => EXPRESSION.test(search.slice(command, command + 40));
    if (!isMadeUp(text)) continue;
    if (double !== undefined || (single !== undefined && !isExpression())) return true;
    if (single === undefined && !isField(word, text) && !isExpression()) return true;
  }
  return false;
}

/** Masks what is assigned to a secret in a text that is no search, as in `password: …` and `export API_TOKEN="…"`. */
export function maskAssigned(text: string): string {
  if (!mayAssign(text)) return text;
  let masked = '';
  let seen = 0;
  for (const assignment of assignments(text)) {
    if (!isAssignedSecret(assignment)) continue;
    const { end } = assignment;
    masked += text.slice(seen, end - assignment.text.length) + MASK;
    seen = end;
  }
  return masked + text.slice(seen);
}

function isAssignedSecret({ word, sign, double, single, text }: Assignment): boolean {
  if (!isMadeUp(text) || COLOR.test(text)) return false;
  // A variable of the environment holds no name of a field.
  if (word === word.toUpperCase() || !isField(word, text)) return true;
  // Nor do quotes, but those of JSON and of the inputs of a dashboard.
  return sign !== ':' && (double ?? single) !== undefined && !/^token$/i.test(word);
}

interface Assignment {
  index: number;
  /** Where what is assigned ends. */
  end: number;
  word: string;
  sign: string;
  /** What is assigned, by the quotes around it. */
  double: string | undefined;
  single: string | undefined;
  text: string;
}

function* assignments(text: string): Generator<Assignment> {
  for (const match of text.matchAll(ASSIGNED)) {
    const { 0: whole, 1: word = '', 2: sign = '', 3: double, 4: single, 5: plain = '', index } = match;
    if (!isOwnWord(text, index)) continue;
    const assigned = double ?? single ?? plain;
    const end = index + whole.lastIndexOf(assigned) + assigned.length;
    yield { index, end, word, sign, double, single, text: assigned };
  }
}

/** Whether a word stands by itself, or begins with a capital as in `keyStorePassword`. */
function isOwnWord(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - MAX_BEFORE), index);
  return BEFORE_WORD.test(before) || (/[a-z\d]$/.test(before) && /[A-Z]/.test(text.charAt(index)));
}

function isField(word: string, text: string): boolean {
  if (!FIELD.test(text)) return false;
  return !/^(?:pass|pwd)/i.test(word) || FIELD_OF_WORDS.test(text);
}

/** A name for a secret and its value as JSON has them, also as a text in a text. */
const IN_JSON =
  /"[\w.-]{0,40}?(pass(?:word|wd|phrase)|pwd|secret|token|(?:api|access|private)[-_]?key)\\?"\s{0,9}:\s{0,9}\\?"((?:[^"\\\s]|\\[^"\s]){3,1024})\\?"/gi;

/** The name of a field in JSON, where a password in quotes is no name. */
const JSON_FIELD = new RegExp(FIELD.source);

/** Whether a value is JSON, or holds some, with a secret in it. */
export function holdsSecretInJson(value: string): boolean {
  if (!value.includes('{')) return false;
  for (const [, word = '', text = ''] of value.matchAll(IN_JSON))
    if (isMadeUp(text) && !(JSON_FIELD.test(text) && isField(word, text))) return true;
  return false;
}
