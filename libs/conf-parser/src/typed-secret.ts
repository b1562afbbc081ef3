/**
 * A word for a secret and what is assigned to it, plain or in quotes, those of a text in a text as well; or both in the
 * quotes of JSON. It stands by itself: not "timetoken" nor "event.token"; a parameter of an alert action has a dot before
 * its name. What is assigned has a bound, because a search may be hundreds of kilobytes of "password=password=…".
 */
const ASSIGNED =
  /(?:(?<![a-z\d.])|(?<=\bparam\.))(pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|secret|access)[-_]?key)(?:(?:\\?["'])?\s*=\s*|\\?"\s*:\s*(?=\\?"))(?:\\?"([^"\s]{1,256}?)\\?"|\\?'([^'\s]{1,256}?)\\?'|([^\s"'|\]),;=]{1,256})(?![^\s|\]"',;]))/gi;
/** What every assignment has in it; far cheaper to look for. */
const ANY_ASSIGNED = /(?:pass|word|wd|phrase|secret|token|key)\\?["']?\s*[=:]/i;
/** What is no literal: a wildcard, a token of a dashboard, a macro, a call, a form to be filled in. */
const NO_LITERAL = /[*`()[\]<>{}\\]|\$[^$\s]{1,64}\$|\$$/;
/** Made up by hand or machine, rather than the mere word. */
const MIXED = /^(?=[^\d]*\d)(?=[^a-z]*[a-z]).{6,}$/i;
/** A name such as `field1`, `src_ip4` and `x509.issuer`. */
const FIELD = /^_?[a-z]+\d{0,4}(?:[_.]+(?:[a-z]+\d{0,4}|\d{1,4}))*$/i;
/** The same of one word: a password may look so, too. */
const FIELD_OF_WORDS = /^[a-z]\w*[_.]\w/i;
/** Commands whose arguments are expressions: a word in them is a field, and so is what stands in single quotes. */
const EXPRESSION = /^\s*(?:eval|where|fieldformat)\b/i;

/**
 * Whether somebody typed a secret into a search or the arguments of a command, as in `password="…"`. A field, or the mere
 * word, is none.
 */
export function typesSecret(search: string): boolean {
  if (!ANY_ASSIGNED.test(search)) return false;
  let command = 0;
  let seen = 0;
  for (const match of search.matchAll(ASSIGNED)) {
    const { index } = match;
    const [, word = '', double, single, plain = ''] = match;
    // The command that this is an argument of, found on the way from the last assignment to this one.
    const between = search.slice(seen, index);
    command = Math.max(command, seen + Math.max(between.lastIndexOf('|'), between.lastIndexOf('[')) + 1);
    seen = index;
    const isExpression = () => EXPRESSION.test(search.slice(command, command + 40));
    const text = double ?? single ?? plain;
    if (NO_LITERAL.test(text) || !MIXED.test(text)) continue;
    if (double !== undefined || (single !== undefined && !isExpression())) return true;
    if (single === undefined && !isField(word, text) && !isExpression()) return true;
  }
  return false;
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
    if (!NO_LITERAL.test(text) && MIXED.test(text) && !(JSON_FIELD.test(text) && isField(word, text))) return true;
  return false;
}
