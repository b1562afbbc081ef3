/** Stands for a secret wherever one was. */
export const MASK = '********';

/** What a text gives away by its shape alone, wherever it stands. */
export type SecretPattern = 'private-key' | 'url-password' | 'aws-key' | 'bearer-token';

interface Pattern {
  kind: SecretPattern;
  /** A text without this cannot match: searching it is far cheaper than trying the expression. */
  needle: string;
  expression: RegExp;
  replacement: string;
}

const PATTERNS: readonly Pattern[] = [
  {
    // Any PEM block: a bundle of certificates often holds the key as well. One without an end reaches to the end.
    kind: 'private-key',
    needle: '-----BEGIN',
    expression: /(-----BEGIN [A-Z0-9 ]+-----)[^]*?(-----END [A-Z0-9 ]+-----|$)/g,
    replacement: `$1${MASK}$2`,
  },
  {
    // The password reaches to the last "@" before the path. Regular expressions and placeholders that describe such a
    // URL, as in "://([^:]+):([^@]+)@", "://<user>:<password>@" and "://$user$:$password$@", hold no secret.
    kind: 'url-password',
    needle: '://',
    expression: /(:\/\/[^\s/:@()[\]<>{}"'|\\^]*:)(?![[(<{\\]|\$\w+\$@|\$\{|\*+@)[^\s/?]+@/g,
    replacement: `$1${MASK}@`,
  },
  { kind: 'aws-key', needle: 'AKIA', expression: /\bAKIA[0-9A-Z]{16}\b/g, replacement: MASK },
  {
    // A digit, the three parts of a JSON web token or mere length tell a token from "Bearer authentication".
    kind: 'bearer-token',
    needle: 'earer ',
    expression: /\b(Bearer +)(?=[\w.~+/-]*\d|[\w-]+\.[\w-]+\.[\w-]|[\w.~+/-]{24})[\w.~+/-]{6,}=*/gi,
    replacement: `$1${MASK}`,
  },
];

/** The first pattern of a secret in a text, or null. */
export function findSecretPattern(text: string): SecretPattern | null {
  for (const { kind, needle, expression } of PATTERNS)
    if (text.includes(needle) && text.search(expression) !== -1) return kind;
  return null;
}

/**
 * Replaces what is recognisably secret inside a longer text by the mask: passwords in URLs, AWS access keys, bearer
 * tokens and the bodies of PEM blocks. Made for names and lines; whether a setting is a secret, `findSecret` says.
 */
export function maskText(text: string): string {
  let masked = text;
  for (const { needle, expression, replacement } of PATTERNS)
    if (masked.includes(needle)) masked = masked.replace(expression, replacement);
  return masked;
}
