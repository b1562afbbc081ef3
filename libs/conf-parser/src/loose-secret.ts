import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import { findSecretIn } from './find-secret.ts';
import { findSecretPattern } from './secret-patterns.ts';

/** Findings about lines that are no settings, though something was meant by them. */
const LOOSE = new Set<DiagnosticCode>([
  'junk-line',
  'eq-on-later-line',
  'empty-key',
  'header-unclosed',
  'text-after-header',
]);
/** What stands in the name of every setting that is a secret or may hold one; most comments are prose. */
const NAME =
  /pass|pwd|pw$|psk|pin$|secret|token|key|cred|bearer|communit|endpoint|arg|cmd|command|param|header|propert|proxy|search|definition/i;
/** What may be a secret whatever the name: behind a user, in JSON, a GUID. */
const TELLING = /[@{]|[0-9a-f]{8}-[0-9a-f]{4}-/i;

/**
 * Whether a secret stands in one of the comments of a file: in a setting that is commented out, or by the shape of what is
 * written there. Quick, and wrong at times, since stanzas are left out of account; `maskConf` knows.
 */
export function mayHoldSecret(comments: readonly string[], file: { kind: 'conf' | 'meta'; conf: string }): boolean {
  for (const comment of comments) {
    const equals = comment.indexOf('=');
    if (equals === -1) continue;
    const key = comment.slice(0, equals).trimEnd();
    const value = comment.slice(equals + 1).trim();
    if (!NAME.test(key.replace(/[_.-]/g, '')) && !TELLING.test(value)) continue;
    if (findSecretIn(file, '', key.replace(/^[#;\s]+/, ''), value) !== null) return true;
  }
  // Looking through one long text is cheaper than through many short ones.
  const all = comments.join('\n');
  return all.includes('-----BEGIN') || findSecretPattern(all) !== null;
}

/** Whether there are lines that are neither settings nor comments, in which a secret may stand. */
export function hasLooseLines(found: readonly Diagnostic[]): boolean {
  return found.some(({ code }) => LOOSE.has(code));
}
