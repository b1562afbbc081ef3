import { isMadeUp } from './made-up.ts';
import { MASK } from './mask.ts';

/**
 * What a text gives away by its shape alone, wherever it stands.
 *
 * - `private-key`: the body of a PEM block.
 * - `url-password`: `://user:password@`.
 * - `url-token`: `?token=…` and the like, and a token in the place of a user, as in `://ghp_…@`.
 * - `webhook`: the address of a webhook, which is all that is needed to write to it.
 * - `authorization`: what follows `Authorization: Basic`, or Base64 behind `Basic`; `bearer-token`: what follows `Bearer`,
 *   wherever; `header`: what follows `X-Api-Key:` and the like.
 * - `connection-string`: `;Pwd=…;` or `AccountKey=…` among the settings of a connection.
 * - `command-line`: `--password …`, `--user ann:…`, `-D….password=…`, `-passin pass:…`, `PGPASSWORD=…`.
 * - `in-xml`: `<password>…</password>`, also with the word in an attribute.
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
  | 'header'
  | 'connection-string'
  | 'command-line'
  | 'in-xml'
  | 'encrypted'
  | 'hash'
  | 'aws-key'
  | 'service-token';

/** How one of them is found and masked. */
export interface Pattern {
  kind: SecretPattern;
  /**
   * A text without any of these cannot match: searching for them is far cheaper than trying the expression. `SIGNS` and
   * `WORDS` in `secret-patterns.ts` know them, but those of patterns that assign.
   */
  needles: readonly string[];
  /** It assigns to one of the words that `mayAssign` knows. */
  assigns?: true;
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
/** The name of an element or a property that holds a secret, behind whatever else is in it. */
const XML_NAME = String.raw`[\w.-]{0,40}(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|(?:api|access|secret|account|private)[-_]?key)`;
/** An element that is named so by an attribute; behind the "=" of a line that was meant as no setting, the rest of it. */
const XML_NAMED = String.raw`(?:<[\w:.-]{1,60}\s[^<>]{0,200}?\b(?:name|key|id)=|^)\\?["']${XML_NAME}\\?["']`;
const XML_TEXT = String.raw`>\s{0,9}(?:<!\[CDATA\[)?)([^<>\s\]]{6,256})(?=(?:\]\]>)?\s{0,9}<\/`;
const maskMadeUp = (whole: string, start: string, found: string) => (isMadeUp(found) ? start + MASK : whole);

/** Every repetition has a bound, or stops at what it must not cross: a value may be hundreds of kilobytes. */
export const PATTERNS: readonly Pattern[] = [
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
    // A token is told from a user by its beginning, or by its length and letters between digits.
    kind: 'url-token',
    needles: ['://'],
    expression:
      /(:\/\/)(?:(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-)[\w-]{10,255}|(?=[\w-]{0,255}\d[A-Za-z_-]{1,255}\d)[\w-]{20,255})(?=(?::(?:x-oauth-basic)?)?@)/g,
    replacement: `$1${MASK}`,
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
    // `--user 1000:1000` and `--user root:root` are a user and a group.
    kind: 'command-line',
    needles: ['-u ', '--user'],
    expression: /((?:^|[\s"'])(?:-u|--user)(?:=|[ \t]{1,9})["']?[^\s:"'$<{/\\]{1,64}:)(?!\/\/)([^\s"'\\]{6,256})/g,
    replacement: maskMadeUp,
  },
  {
    kind: 'command-line',
    needles: ['-D'],
    assigns: true,
    expression: new RegExp(
      String.raw`((?:^|[\s"'])-D[\w.-]{0,80}(?:pass(?:word|wd|phrase)|secret)=["']?)(?!${PLACEHOLDER}|=|(?:true|false)\b)(?:[^\s"'\\]|${NO_CONTINUATION}){3,256}`,
      'gi',
    ),
    replacement: `$1${MASK}`,
  },
  {
    kind: 'command-line',
    needles: ['-pass'],
    assigns: true,
    expression: new RegExp(
      String.raw`((?:^|[\s"'])-pass(?:in|out)?[ \t]{1,9}["']?pass:)(?!${PLACEHOLDER}|=|password\b)(?:[^\s"'\\]|${NO_CONTINUATION}){3,256}`,
      'g',
    ),
    replacement: `$1${MASK}`,
  },
  {
    // Variables of well-known programs.
    kind: 'command-line',
    needles: ['PGPASSWORD=', 'SSHPASS=', 'MYSQL_PWD=', 'SECRET_ACCESS_KEY='],
    assigns: true,
    expression: new RegExp(
      String.raw`(\b(?:PGPASSWORD|SSHPASS|MYSQL_PWD|AWS_SECRET_ACCESS_KEY)=["']?)(?!${PLACEHOLDER}|=)(?:[^\s"'\\;|&)]|${NO_CONTINUATION}){3,256}`,
      'g',
    ),
    replacement: `$1${MASK}`,
  },
  {
    kind: 'header',
    needles: ['-Key', '-key', '-KEY', '-Token', '-token', '-TOKEN'],
    assigns: true,
    expression:
      /\b((?:X-(?:\w{1,20}-){0,3}(?:Key|Token)|(?:Private|Api|Auth|Subscription)-(?:Key|Token))'?[ \t]{0,9}:[ \t]{0,9}'?)([^\s"'\\,;)}]{6,1024})/gi,
    replacement: maskMadeUp,
  },
  {
    kind: 'in-xml',
    needles: ['</'],
    expression: new RegExp(String.raw`(${XML_TEXT}(?:[\w-]{1,40}:)?${XML_NAME}\s{0,9}>)`, 'gi'),
    replacement: maskMadeUp,
  },
  {
    kind: 'in-xml',
    needles: ['</'],
    expression: new RegExp(String.raw`(${XML_NAMED}[^<>]{0,200}${XML_TEXT})`, 'gi'),
    replacement: maskMadeUp,
  },
  {
    kind: 'in-xml',
    needles: ['</', '/>'],
    expression: new RegExp(String.raw`(${XML_NAMED}[^<>]{0,200}?\svalue=\\?["'])([^<>\s"'\\]{6,256})(?=\\?["'])`, 'gi'),
    replacement: maskMadeUp,
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
    needles: ['xox', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'AIza'],
    expression:
      /\b(?:xox[abeoprs]-(?=[\w-]{0,64}\d)[\w-]{10,}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20,}|AIza[\w-]{35})(?![\w-])/g,
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

/** Whether this is the Base64 of `user:password`, with or without its padding. */
function areCredentials(base64: string): boolean {
  const bare = base64.replace(/=+$/, '');
  if (bare.length % 4 === 1) return false;
  const text = atob(bare);
  return text.includes(':') && !/[\0-\x1f\x7f]/.test(text);
}
