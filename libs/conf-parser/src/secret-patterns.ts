import { mayAssign } from './may-assign.ts';
import { type Pattern, PATTERNS, type SecretPattern } from './secret-shapes.ts';

/**
 * What most patterns have in them: nearly all texts have nothing of this, and are done with two looks. Apart they cost half as
 * much as together: signs are looked for one by one, and of words most letters of a text can be skipped.
 */
const SIGNS = /[$?&;<>]|:\/\/|-[-u]/;
const WORDS =
  /A[KS]IA|AIza|xox[abeoprs]-|gh[pousr]_|github_pat_|glpat-|eyJ\w|ccountKey=|AccessKey=|[eE][aA][rR][eE][rR] |asic |ASIC |uthorization|UTHORIZATION|api\/webhooks|(?:slack|office)\.com\//;
/** The shortest text of a pattern that has one of the words, `Bearer a1b2c3`. */
const MIN_WORDS_LENGTH = 13;
const NONE: readonly Pattern[] = [];
const BY_SIGN = PATTERNS.filter(({ needles }) => needles.every((needle) => SIGNS.test(needle)));
const ASSIGNING = PATTERNS.filter(({ assigns }) => assigns);
const BY_SIGN_OR_ASSIGNING = PATTERNS.filter((pattern) => BY_SIGN.includes(pattern) || pattern.assigns);

/** The patterns that a text may hold. */
function candidates(text: string): readonly Pattern[] {
  if (text.length >= MIN_WORDS_LENGTH && WORDS.test(text)) return PATTERNS;
  const hasSign = SIGNS.test(text);
  if (mayAssign(text)) return hasSign ? BY_SIGN_OR_ASSIGNING : ASSIGNING;
  return hasSign ? BY_SIGN : NONE;
}

function holdsAny(text: string, needles: readonly string[]): boolean {
  for (const needle of needles) if (text.includes(needle)) return true;
  return false;
}

/** Whether a text has one of the words that some patterns have in them; quick for long texts, too. */
export const hasSecretWord = (text: string): boolean => WORDS.test(text);

/** The first pattern of a secret in a text, or null. */
export function findSecretPattern(text: string): SecretPattern | null {
  for (const pattern of candidates(text))
    if (holdsAny(text, pattern.needles) && matches(text, pattern)) return pattern.kind;
  return null;
}

/**
 * Replaces what is recognisably secret inside a longer text by the mask: passwords in URLs, access keys, tokens, hashes,
 * and the bodies of PEM blocks. Made for names and lines; whether a setting is a secret, `findSecret` says.
 */
export function maskText(text: string): string {
  let masked = text;
  for (const pattern of candidates(text)) if (holdsAny(masked, pattern.needles)) masked = replaced(masked, pattern);
  // What hid behind a secret may be one, now that the mask stands there.
  return masked === text ? text : maskText(masked);
}

function matches(text: string, pattern: Pattern): boolean {
  if (typeof pattern.replacement === 'string') return text.search(pattern.expression) !== -1;
  return replaced(text, pattern) !== text;
}

// Two calls, since the types of replace know a text or a function, and not either.
function replaced(text: string, { expression, replacement }: Pattern): string {
  if (typeof replacement === 'string') return text.replace(expression, replacement);
  return text.replace(expression, replacement);
}
