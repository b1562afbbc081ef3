/** The ends of the words for secrets that other notations than that of conf files assign to. */
const END_OF_WORD = /(?:pass|word|wd|phrase|secret|token|key)$/i;
const LONGEST_END = 6;
/** Their last letters, by their codes in small letters. */
const LAST_LETTERS = new Set([...'sdetny'].map((letter) => letter.charCodeAt(0)));
const TO_SMALL = 0x20;

/**
 * Whether one of the words stands before a sign that assigns. Nearly no text has that, and to look at each sign is far cheaper
 * than an expression for the words.
 */
export function mayAssign(text: string): boolean {
  return followsWord(text, '=') || followsWord(text, ':');
}

function followsWord(text: string, sign: string): boolean {
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
    let end = at;
    while (end > 0 && isBetween(text.charCodeAt(end - 1))) end--;
    if (!LAST_LETTERS.has(text.charCodeAt(end - 1) | TO_SMALL)) continue;
    if (END_OF_WORD.test(text.slice(Math.max(0, end - LONGEST_END), end))) return true;
  }
  return false;
}

/** Quotes, backslashes and blanks; some of the latter are beyond ASCII. */
const isBetween = (code: number): boolean =>
  code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x5c || code > 0x7f;
