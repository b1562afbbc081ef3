/** Stands for a secret wherever one was. */
export const MASK = '********';

/**
 * What a text gives away by its shape alone, wherever it stands.
 *
 * - `private-key`: the body of a PEM block.
 * - `url-password`: `://user:password@`.
 * - `url-token`: `?token=…` and the like.
 * - `webhook`: the address of a webhook, which is all that is needed to write to it.
 * - `authorization`: what follows `Authorization: Basic`, or Base64 behind `Basic`; `bearer-token`: what follows `Bearer`,
 *   wherever.
 * - `connection-string`: `;Pwd=…;` or `AccountKey=…` among the settings of a connection.
 * - `command-line`: `--password …`.
 * - `encrypted`, `hash`: what Splunk encrypted, or a crypt hash, inside of a longer text.
 * - `aws-key`, `service-token`: keys that begin as those of well-known services do.
 */
export type SecretPattern =
  | 'private-key'
  | 'url-password'
  | 'url-token'
  | 'webhook'
  | 'authorization'
  | 'bearer-token'
  | 'connection-string'
  | 'command-line'
  | 'encrypted'
  | 'hash'
  | 'aws-key'
  | 'service-token';

interface Pattern {
  kind: SecretPattern;
  /**
   * A text without any of these cannot match: searching for them is far cheaper than trying the expression. `SIGNS` and
   * `WORDS` know them.
   */
  needles: readonly string[];
  expression: RegExp;
  /** A function leaves alone what its shape does not tell from a secret. */
  replacement: string | ((whole: string, start: string, found: string) => string);
}

/** A value that stands for one: of a dashboard or a shell, of a template, of a regular expression, of a form, of a mask. */
const PLACEHOLDER = String.raw`[[(<{*%\\]|\$[\w{(<]|\*+`;
/** The end of Base64, and not an "=" that goes on. */
const PADDING = String.raw`(?:={1,2}(?![^\s"'),;\]}\\]))?`;
/** A backslash that continues a line is no part of a secret. */
const NO_CONTINUATION = String.raw`\\(?!\r*(?:\n|$))`;
const WORD = 'password|passwd|passphrase|pwd|token|secret|api[-_]?key|access[-_]?key|secret[-_]?key|client[-_]?secret';

/** Every repetition has a bound, or stops at what it must not cross: a value may be hundreds of kilobytes. */
const PATTERNS: readonly Pattern[] = [
  {
    // Any PEM block: a bundle of certificates often holds the key as well. One without an end reaches to the end. A search
    // for such blocks, or the expression that finds them, has no body behind the first line.
    kind: 'private-key',
    needles: ['-----BEGIN'],
    expression:
      /(-----BEGIN [A-Z0-9 ]+-----)(?=[ \t]{0,8}\\?\r?\n|(?:\\r)?\\n[\w+/]{8}|[ \t]{0,8}[\w+/]{16})[^]*?(-----END [A-Z0-9 ]+-----|$)/g,
    replacement: `$1${MASK}$2`,
  },
  {
    // The password reaches to the last "@" before the path. Regular expressions and placeholders that describe such a
    // URL, as in "://([^:]+):([^@]+)@", "://<user>:<password>@" and "://$user$:$password$@", hold no secret; a port with
    // something else behind it, as in "://host:8089,ann@example.com", is none.
    kind: 'url-password',
    needles: ['://'],
    expression:
      /(:\/\/(?!(?:localhost|[\w-]+\.[\w.-]+):\d{1,5}[,;)|&])[^\s/:@()[\]<>{}"'|\\^]*:)(?![[(<{\\]|\$\w+\$@|\$\{|\*+@)[^\s/?"<>`]+@/g,
    replacement: `$1${MASK}@`,
  },
  {
    kind: 'webhook',
    needles: ['hooks.slack.com/', 'office.com/webhook', '/api/webhooks/'],
    expression:
      /((?:hooks\.slack\.com\/(?:services|workflows|triggers)|office\.com\/webhookb?2?|discord(?:app)?\.com\/api\/webhooks)\/)(?=[\w@/-]*\d)[\w@-]{6,}\/[\w@/-]{6,}/g,
    replacement: `$1${MASK}`,
  },
  {
    // A digit, or mere length, tells a token from the name of one.
    kind: 'url-token',
    needles: ['?', '&'],
    expression: new RegExp(
      String.raw`([?&](?:(?:access_|auth_|id_)?token|api[-_]?key|access[-_]?key|(?:client_)?secret|sig|signature)=)(?!${PLACEHOLDER})(?=[^\s&#]{0,64}\d|[\w.~+/%-]{24})[\w.~+/%=-]{8,}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  {
    kind: 'url-token',
    needles: ['?', '&'],
    expression: new RegExp(
      String.raw`([?&](?:password|passwd|pwd)=)(?!${PLACEHOLDER})(?:[^\s&#"'<>|;,)\\]|${NO_CONTINUATION}){3,}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  {
    // A digit, the three parts of a JSON web token or mere length tell a token from "Bearer authentication".
    kind: 'bearer-token',
    needles: ['earer ', 'EARER '],
    expression: new RegExp(
      String.raw`\b(Bearer +)(?=[\w.~+/-]*\d|[\w-]+\.[\w-]+\.[\w-]|[\w.~+/-]{24})[\w.~+/-]{6,}${PADDING}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  {
    kind: 'authorization',
    needles: ['uthorization', 'UTHORIZATION'],
    expression: new RegExp(
      String.raw`(authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:basic|bearer|splunk|token|apikey)[ \t]+)(?!${PLACEHOLDER})(?=[\w.~+/^-]{0,256}[\d=]|[\w.~+/^-]{20})[\w.~+/^-]{6,}${PADDING}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  {
    // What is in Base64 tells credentials from words, as in the name of a stanza.
    kind: 'authorization',
    needles: ['asic ', 'ASIC '],
    expression: /\b([Bb](?:asic|ASIC) +)([A-Za-z0-9+/]{7,}={0,2})(?![\w+/=])/g,
    replacement: (whole, start, found) => (areCredentials(found) ? start + MASK : whole),
  },
  {
    kind: 'connection-string',
    needles: ['ccountKey=', 'AccessKey='],
    expression: /\b((?:Account|SharedAccess)Key=)[\w+/%-]{20,}={0,2}/g,
    replacement: `$1${MASK}`,
  },
  {
    kind: 'connection-string',
    needles: [';'],
    expression: new RegExp(
      String.raw`((?:^|[;"'])[ \t]*(?:password|pwd|client_?secret)[ \t]{0,9}=[ \t]{0,9})(?!${PLACEHOLDER})(?:[^;\s"'=,()|\\]|${NO_CONTINUATION}){3,256}(?=;)|(;[ \t]*(?:password|pwd|client_?secret)[ \t]{0,9}=[ \t]{0,9})(?!${PLACEHOLDER})(?:[^;\s"'=,()|\\]|${NO_CONTINUATION}){3,256}(?=["'\s]|$)`,
      'gi',
    ),
    replacement: `$1$2${MASK}`,
  },
  {
    kind: 'command-line',
    needles: ['--'],
    expression: new RegExp(
      String.raw`((?:^|[\s"'])--(?:${WORD})(?:=|[ \t]+)["']?)(?!${PLACEHOLDER}|-)(?=[^\s"']{0,256}[\d!@#%^&+/])(?:[^\s"'\]\\]|${NO_CONTINUATION}){3,}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  {
    // A JSON web token: header, claims and signature.
    kind: 'service-token',
    needles: ['eyJ'],
    expression: /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{2,}\.[\w-]{8,}/g,
    replacement: MASK,
  },
  { kind: 'aws-key', needles: ['AKIA', 'ASIA'], expression: /\bA[KS]IA[0-9A-Z]{16}\b/g, replacement: MASK },
  {
    kind: 'service-token',
    needles: ['xox', 'ghp_', 'github_pat_', 'glpat-', 'AIza'],
    expression:
      /\b(?:xox[abeoprs]-(?=[\w-]{0,64}\d)[\w-]{10,}|ghp_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20,}|AIza[\w-]{35})(?![\w-])/g,
    replacement: MASK,
  },
  {
    kind: 'hash',
    needles: ['$'],
    expression:
      /\$(?:1|apr1|5|6)\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{20,86}(?![./A-Za-z0-9])|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$y\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{40,50}|\$(?:argon2(?:id?|d)|pbkdf2(?:-sha\d{1,3})?)\$[\w=,$.+/-]{20,}/g,
    replacement: MASK,
  },
  {
    // Two groups of a regular expression, as in "$1$2", or a token of a dashboard are shorter or of one kind of letters.
    kind: 'encrypted',
    needles: ['$7$', '$1$'],
    expression: new RegExp(
      String.raw`(?<![\w$\\])\$(?:7\$[A-Za-z0-9+/]{16,}|1\$(?=[a-z0-9+/]{0,256}[A-Z])(?=[A-Z0-9+/]{0,256}[a-z])(?=[A-Za-z+/]{0,256}[\d=])[A-Za-z0-9+/]{10,})${PADDING}(?![$\w])`,
      'g',
    ),
    replacement: MASK,
  },
];

/**
 * What any pattern has in it: nearly all texts have nothing of this, and are done with two looks. Apart they cost half as
 * much as together: signs are looked for one by one, and of words most letters of a text can be skipped.
 */
const SIGNS = /[$?&;]|:\/\/|--/;
const WORDS =
  /A[KS]IA|AIza|xox[abeoprs]-|ghp_|github_pat_|glpat-|eyJ\w|ccountKey=|AccessKey=|[eE][aA][rR][eE][rR] |asic |ASIC |uthorization|UTHORIZATION|api\/webhooks|(?:slack|office)\.com\//;
/** The shortest text of a pattern that has one of the words, `Bearer a1b2c3`. */
const MIN_WORDS_LENGTH = 13;
const NONE: readonly Pattern[] = [];
const BY_SIGN = PATTERNS.filter(({ needles }) => needles.every((needle) => SIGNS.test(needle)));

/** The patterns that a text may hold. */
function candidates(text: string): readonly Pattern[] {
  if (text.length >= MIN_WORDS_LENGTH && WORDS.test(text)) return PATTERNS;
  return SIGNS.test(text) ? BY_SIGN : NONE;
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
  return masked;
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

/** Whether this is the Base64 of `user:password`, with or without its padding. */
function areCredentials(base64: string): boolean {
  const bare = base64.replace(/=+$/, '');
  if (bare.length % 4 === 1) return false;
  const text = atob(bare);
  return text.includes(':') && !/[\0-\x1f\x7f]/.test(text);
}
