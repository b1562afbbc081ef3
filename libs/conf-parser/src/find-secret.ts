import { holdsSecretArgument } from './command-arguments.ts';
import { findSecretPattern } from './secret-patterns.ts';
import type { SecretPattern } from './secret-shapes.ts';
import { type KeyTraits, keyTraits } from './secret-keys.ts';
import { holdsSecretInJson, maskAssigned, typesSecret } from './typed-secret.ts';

/**
 * Why a value is a secret.
 *
 * - `listed`: Splunk encrypts this setting itself, or its documentation calls it a secret.
 * - `named`: the setting is named like one.
 * - `encrypted`: encrypted with the key of the instance, `$1$…` or `$7$…`; reversible for whoever has that key.
 * - `hash`: a crypt hash, such as `$6$…` or `$2y$…`.
 * - `hec-token`: the token of an HTTP event collector.
 * - `in-search`: typed into a search, as in `password="…"`.
 * - `in-json`: set by JSON in a value, as in `{"password": "…"}`.
 * - `assigned`: set by another notation in a value, as in `password: …`, `password => "…"` and `API_TOKEN=…`.
 * - `swallowed`: a secret setting that the backslash on the line above made part of this value.
 * - the rest by the shape of the text: see `SecretPattern`.
 */
export type SecretKind =
  'listed' | 'named' | 'hec-token' | 'in-search' | 'in-json' | 'assigned' | 'swallowed' | SecretPattern;

const DOLLAR = 0x24;
/** Strict, because `FORMAT = $1$3` is two groups of a regular expression. */
const ENCRYPTED = /^\$[17]\$[A-Za-z0-9+/=]{8,}$/;
const GUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;
/** A switch like `show_password = true` gives nothing away. */
const SWITCH = /^(?:[01]|true|false|t|f|yes|no|y|n|on|off|enabled?|disabled?|none)$/i;
/** How many tokens, how long, how often. */
const SHORT_NUMBER = /^\d{1,7}$/;
/** `user:password@host:port` without a scheme, as proxies are written; the port may be missing there alone. */
const PROXY =
  /^[^\s/:@"'<>{}()[\]|\\]{1,256}:(?![[(<{*%\\]|\$\w+\$?@)[^\s/"'<>]{1,256}@[\w.-]{1,256}(:\d{1,5})?(?:\/\S*)?$/;
/** Where a key lies, which is none itself; a name alone, as in `private.pem`, has the ending of a key. */
const KEY_FILE =
  /^(?:\$SPLUNK_|[a-z]:\\|\.{0,2}\/)\S*\.(?:pem|key|crt|cer|p12|pfx|jks|pub|ppk|json|txt|conf)$|^\$SPLUNK_HOME[/\\]|^[\w-]{1,100}\.(?:pem|key|p12|pfx|jks|ppk)$/i;
/** A line of a continued value that would be a setting without the backslash above it, commented out or not. */
const SWALLOWED = /\n[ \t#;]*([\w.-]{3,60})[ \t]*=[ \t]*([^\n]+)/g;
/** The shortest text with a pattern in it: `a://b:c@`. */
const MIN_PATTERN_LENGTH = 8;

/**
 * Says whether a setting is a secret, and why; null when it is none. An empty value is no secret.
 *
 * @param conf name of the conf, such as `inputs`
 * @param traits what the name of the setting says, where that was looked up already
 */
export function findSecret(
  conf: string,
  stanza: string,
  key: string,
  value: string,
  traits = keyTraits(key),
): SecretKind | null {
  if (value === '') return null;
  const isKeyFile = traits.mayBeFile && KEY_FILE.test(value);
  if (!isKeyFile && isListed(traits, conf, stanza)) return 'listed';
  if (value.length >= MIN_PATTERN_LENGTH) {
    if (value.charCodeAt(0) === DOLLAR && ENCRYPTED.test(value)) return 'encrypted';
    if (traits.holdsTokens && GUID.test(value)) return 'hec-token';
    const pattern =
      findSecretPattern(value) ?? (traits.isAuthorization ? findSecretPattern(`Authorization: ${value}`) : null);
    if (pattern) return pattern;
    if (value.includes('@') && isProxy(value, traits)) return 'url-password';
    if (traits.isArguments && (holdsSecretArgument(value) || typesSecret(value))) return 'command-line';
    if (traits.isSearch) {
      if (typesSecret(value)) return 'in-search';
    } else if (!traits.isText) {
      if (holdsSecretInJson(value)) return 'in-json';
      if (value.includes('\n') && swallowsSecret(conf, stanza, value)) return 'swallowed';
      if (maskAssigned(value) !== value) return 'assigned';
    }
  }
  if (isKeyFile || !traits.soundsSecret || SWITCH.test(value)) return null;
  return SHORT_NUMBER.test(value) && !traits.evenANumber ? null : 'named';
}

function isProxy(value: string, { isProxy: sure }: KeyTraits): boolean {
  const match = PROXY.exec(value);
  return match !== null && (sure || match[1] !== undefined);
}

function swallowsSecret(conf: string, stanza: string, value: string): boolean {
  for (const [, key = '', swallowed = ''] of value.matchAll(SWALLOWED)) {
    const traits = keyTraits(key);
    // A form to be filled in, as in the syntax of a command.
    if (SWITCH.test(swallowed.trim()) || swallowed.startsWith('<')) continue;
    if (traits.soundsSecret || isListed(traits, conf, stanza)) return true;
  }
  return false;
}

/** Whether Splunk or its documentation calls the setting a secret in this place. */
function isListed({ listed }: KeyTraits, conf: string, stanza: string): boolean {
  for (const place of listed) if (place.conf === conf && stanza.startsWith(place.stanzaPrefix)) return true;
  return false;
}
