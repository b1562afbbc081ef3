import type { DiagnosticCode } from './diagnostic.ts';

/** A number (of something), or a switch, and a "#" after it. */
const SCALAR_THEN_COMMENT =
  /^(?:-?\d+(?:\.\d+)?(?:ms|[smhdwy]|[KMGT]B|%)?|true|false|t|f|yes|no|y|n|on|off|enabled|disabled)[ \t]+#/i;
/** A path has no blanks as a rule, and no "#" followed by words. */
const PATH_THEN_COMMENT = /^[^\s#]+[ \t]+#[ \t]*[A-Za-z]/;
const PATH_KEY = /(?:path|file|dir)$/i;
const SEARCH_KEY = /^(?:search|definition|description|basesearch|base_search|.*\.search)$/;
const SMART_QUOTES = /[\u2018-\u201f]/;

const MISSPELT_CLASS = /^(?:REPORTS|TRANSFORM|FIELDALIASNEW|EVAl|FIELDLIAS)-/;

/** Whether a setting of props.conf has a class as people misspell it. */
export function isMisspelt(key: string): boolean {
  return MISSPELT_CLASS.test(key);
}

/** Whether the key that begins here in the codes of a text may be one, by the letter that gives each of them away. */
export function mayBeMisspelt(codes: Uint8Array, key: number): boolean {
  switch (codes[key]) {
    case 0x45:
      return codes[key + 3] === 0x6c;
    case 0x46:
      return codes[key + 5] === 0x4c || codes[key + 10] === 0x4e;
    case 0x52:
      return codes[key + 6] === 0x53;
    case 0x54:
      return codes[key + 9] === 0x2d;
    default:
      return false;
  }
}

/** Whether the value is a search, or a text as long as one: what people continue over several lines. */
export function isSearchKey(key: string): boolean {
  return SEARCH_KEY.test(key);
}

/** Whether a value that holds a "#" was meant to end before it. */
export function hasInlineComment(key: string, value: string): boolean {
  return SCALAR_THEN_COMMENT.test(value) || (PATH_THEN_COMMENT.test(value) && PATH_KEY.test(key));
}

/** Whether a search holds typographic quotes. */
export function hasSmartQuotes(key: string, value: string): boolean {
  return SMART_QUOTES.test(value) && isSearchKey(key) && key !== 'description';
}

/** What is odd about a name that does not begin with a letter, or null. */
export function oddKey(key: string): DiagnosticCode | null {
  const first = key.charCodeAt(0);
  if (first === 0x22 && key.length > 1 && key.indexOf('"', 1) === key.length - 1) return 'quoted-key';
  return first === 0x7c || first === 0x2c || first === 0x22 || first === 0x29 ? 'key-looks-like-search' : null;
}
