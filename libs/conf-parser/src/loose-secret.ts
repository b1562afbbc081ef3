import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import { findSecret } from './find-secret.ts';
import { maskAssigned } from './typed-secret.ts';
import { findSecretPattern, hasSecretWord } from './secret-patterns.ts';

/** Findings about lines that are no settings, though something was meant by them. */
const LOOSE = new Set<DiagnosticCode>([
  'junk-line',
  'eq-on-later-line',
  'empty-key',
  'header-unclosed',
  'text-after-header',
]);
/** A setting that is commented out, with a name of one word that sounds like a secret. */
const NAMED =
  /^[#; \t]{1,60}[\w.-]{0,60}(?:pass|pwd|pw|psk|pin|secret|token|key|cred|bearer|auth|communit|hec)[\w.-]{0,60}[ \t]{0,20}=/im;
/** Most of what is recognisably a secret and `hasSecretWord` does not know. */
const SHAPED =
  /-----BEGIN|[?&;][\w-]{0,40}(?:token|key|secret|sig|pass|pwd)[\w-]{0,40}=|--?(?:pass|token|secret|api|access|client|pwd|user|u )|-D[\w.-]{0,80}(?:pass|secret)|-(?:key|token)'?[ \t]{0,9}:|(?:password|sshpass|mysql_pwd|access_key)=|<\/|\/>|\$(?:[1567]|2[abxy]|y|apr1|argon2\w{0,4}|pbkdf2[\w-]{0,9})\$/i;
/** The rest, of which each part is asked only where a sign of it is there. */
const USER = /[:/=] {0,9}[^\s:@/=]{0,64}:[^\s@/]{1,256}@|:\/\/[\w-]{14,255}[:@]/;
const TYPED = /(?:pass|word|phrase|wd|secret|token|key)\\?["']?[ \t]{0,9}[=:][^\n\d]{0,256}\d/i;

/**
 * Whether a secret stands in one of the comments of a file: in a setting that is commented out, or by the shape of what is
 * written there. Stanzas are left out of account; `maskConf` knows.
 */
export function mayHoldSecret(comments: readonly string[], conf: string): boolean {
  // Nearly all files have nothing of the kind, and one long text is looked through faster than many short ones.
  const all = comments.join('\n');
  if (!mayHoldAny(all)) return false;
  if (all.includes('-----BEGIN') || findSecretPattern(all) !== null || maskAssigned(all) !== all) return true;
  return comments.some((one) => assigns(one, conf));
}

function mayHoldAny(text: string): boolean {
  if (NAMED.test(text) || SHAPED.test(text) || hasSecretWord(text)) return true;
  return (text.includes('@') && USER.test(text)) || TYPED.test(text);
}

function assigns(comment: string, conf: string): boolean {
  const [key = '', ...value] = comment.replace(/^[#;\s]+/, '').split('=');
  return value.length > 0 && findSecret(conf, '', key.trimEnd(), value.join('=').trim()) !== null;
}

/** Whether there are lines that are neither settings nor comments, in which a secret may stand. */
export function hasLooseLines(found: readonly Diagnostic[]): boolean {
  return found.some(({ code }) => LOOSE.has(code));
}
