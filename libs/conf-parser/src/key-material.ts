import { MASK } from './mask.ts';
import { maskProse } from './mask-prose.ts';
import { keyTraits } from './secret-keys.ts';

/** A run of letters, digits and what Base64 has beside them. */
const RUN = /[A-Za-z0-9+/_-]{20,}(?:={1,2}(?![^\s"'),;]))?/g;
/** Base64 that has a line for itself, with or without the sign of a comment. */
const KEY_LINE = /^[\s#;]*[A-Za-z0-9+/]{20,}={0,2}\\?\s*$/;
const BASE64 = /^[A-Za-z0-9+/]{16,}$/;

/**
 * Whether the name of a setting is a line of a key that lost its place: Base64 as its last line is written, which ends
 * in the "=" that made a setting of it. Base64 comes in groups of four, and its letters and digits change from one kind
 * to the other far more often than those of a name such as `oauth2ClientIdName`.
 */
export function isKeyMaterial(key: string, value: string): boolean {
  if ((value !== '' && value !== '=') || !BASE64.test(key)) return false;
  if (!isMixed(key)) return false;
  // No setting has the value "=".
  if (value === '=') return true;
  return (key.length + 1) % 4 === 0 && (/[+/]/.test(key) || changesOfKind(key) >= 0.45 * (key.length - 1));
}

/**
 * The name of a setting as it may be shown: a name that holds a secret is masked.
 *
 * @param traits what the name says, where that was looked up already
 */
export function maskKey(key: string, value: string, traits = keyTraits(key)): string {
  if (isKeyMaterial(key, value)) return MASK;
  return traits.holdsSecret ? maskProse(key) : key;
}

/** Masks what may be the rest of a key in a line that is neither header nor setting. */
export function maskKeyMaterial(text: string): string {
  const isAlone = KEY_LINE.test(text);
  return text.replace(RUN, (run) => ((isAlone && isMixed(run)) || isRandom(run) ? MASK : run));
}

/**
 * Whether its letters and digits change from one kind to the other as often as those of a token. A name of words with a
 * number in it, such as `NoNested2PartySubIDs`, comes close to that; it has no second number.
 */
function isRandom(run: string): boolean {
  if (!isMixed(run)) return false;
  const letters = run.replace(/[^A-Za-z0-9]/g, '');
  const density = changesOfKind(letters) / letters.length;
  return density > 0.5 || (density >= 0.42 && /\d[A-Za-z]+\d/.test(letters));
}

/** How often a digit, a small letter and a capital follow on one of another kind. */
function changesOfKind(text: string): number {
  const kinds = text.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/\d/g, '0');
  let changes = 0;
  for (let at = 1; at < kinds.length; at++) if (kinds[at] !== kinds[at - 1]) changes++;
  return changes;
}

/** Capitals, small letters and digits: no word, no path and no number has all of them as a rule. */
function isMixed(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
}
