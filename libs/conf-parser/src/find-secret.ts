import { findSecretPattern, type SecretPattern } from './mask-text.ts';
import { keyTraits } from './secret-keys.ts';

/**
 * Why a value is a secret.
 *
 * - `listed`: Splunk encrypts this setting itself, or its documentation calls it a secret.
 * - `named`: the setting is named like one.
 * - `encrypted`: encrypted with the key of the instance, `$1$…` or `$7$…`; reversible for whoever has that key.
 * - `hash`: a crypt hash, `$5$…` or `$6$…`.
 * - `hec-token`: the token of an HTTP event collector.
 * - `in-search`: typed into a search, as in `password="…"`.
 * - `swallowed`: a secret setting that the backslash on the line above made part of this value.
 * - the rest by the shape of the text: see `SecretPattern`.
 */
export type SecretKind =
  'listed' | 'named' | 'encrypted' | 'hash' | 'hec-token' | 'in-search' | 'swallowed' | SecretPattern;

const DOLLAR = 0x24;
/** Strict, because `FORMAT = $1$3` is two groups of a regular expression. */
const ENCRYPTED = /^\$[17]\$[A-Za-z0-9+/=]{8,}$/;
const CRYPT = /^\$[56]\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{20,}$/;
const GUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;
/** A switch like `show_password = true` gives nothing away. */
const SWITCH = /^(?:[01]|true|false|t|f|yes|no|y|n|on|off|enabled?|disabled?|none)$/i;
/** How many tokens, how long, how often. */
const SHORT_NUMBER = /^\d{1,7}$/;
/**
 * A literal that looks made up by hand or machine, with a letter and a digit, behind a word of its own: not `timetoken`. A field, a wildcard, a token of a
 * dashboard, a macro or a function call after "password=" is no secret, nor is the mere word. Every repetition has a
 * bound: a search may be hundreds of kilobytes of "password=password=…".
 */
const TYPED =
  /(?<![a-z\d.])(?:password|passwd|passphrase|secret|token|api_?key|secret_?key|access_?key)"?\s*=\s*(?:"(?=[^"\s]{0,64}\d)(?=[^"\s]{0,64}[a-z])[^"\s*$`()[\]<>{}\\|]{6,256}"|(?=[^\s"]{0,64}\d)(?=[^\s"]{0,64}[a-z])[^\s*$`()[\]<>{}\\|"',;=]{6,256}(?![^\s|\]"',;]))/i;
/** A line of a continued value that would be a setting without the backslash above it, commented out or not. */
const SWALLOWED = /\n[ \t#;]*([\w.-]{3,60})[ \t]*=[ \t]*([^\n]+)/g;
/** The shortest text with a pattern in it: `a://b:c@`. */
const MIN_PATTERN_LENGTH = 8;

/**
 * Says whether a setting is a secret, and why; null when it is none. An empty value is no secret.
 *
 * @param conf name of the conf, such as `inputs`
 */
export function findSecret(conf: string, stanza: string, key: string, value: string): SecretKind | null {
  if (value === '') return null;
  const traits = keyTraits(key);
  for (const place of traits.listed) if (place.conf === conf && stanza.startsWith(place.stanzaPrefix)) return 'listed';
  if (value.length >= MIN_PATTERN_LENGTH) {
    if (value.charCodeAt(0) === DOLLAR) {
      if (ENCRYPTED.test(value)) return 'encrypted';
      if (CRYPT.test(value)) return 'hash';
    }
    if (traits.holdsTokens && GUID.test(value)) return 'hec-token';
    const pattern = findSecretPattern(value);
    if (pattern) return pattern;
    if (traits.isSearch) {
      if (TYPED.test(value)) return 'in-search';
    } else if (value.includes('\n') && swallowsSecret(conf, stanza, value)) return 'swallowed';
  }
  if (!traits.soundsSecret || SWITCH.test(value)) return null;
  return SHORT_NUMBER.test(value) && !traits.evenANumber ? null : 'named';
}

function swallowsSecret(conf: string, stanza: string, value: string): boolean {
  for (const [, key = '', swallowed = ''] of value.matchAll(SWALLOWED)) {
    const { listed, soundsSecret } = keyTraits(key);
    if (SWITCH.test(swallowed.trim())) continue;
    if (soundsSecret || listed.some((place) => place.conf === conf && stanza.startsWith(place.stanzaPrefix)))
      return true;
  }
  return false;
}
