import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import { maskConf } from './mask-conf.ts';
import type { ParseOptions } from './parse-conf.ts';
import { findSecretPattern } from './secret-patterns.ts';

/** Findings about lines that are no settings, though something was meant by them. */
const LOOSE: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  ...(['junk-line', 'eq-on-later-line', 'empty-key', 'header-unclosed', 'text-after-header'] as const),
]);
/** What stands in the name of every setting that is a secret or may hold one. */
const NAME =
  /pass|pwd|pw$|psk|pin$|secret|token|key|cred|bearer|communit|endpoint|arg|cmd|command|param|header|propert|proxy|search|definition/i;

/**
 * Whether a secret stands in a comment: in a setting that is commented out, or by the shape of what is written there. The
 * stanza is left out of account; `maskConf` knows.
 */
export function mayHoldSecret(comment: string, options: ParseOptions): boolean {
  const equals = comment.indexOf('=');
  if (equals !== -1 && NAME.test(comment.slice(0, equals).trimEnd()))
    return maskConf(comment, options).secrets.length > 0;
  return comment.includes('-----BEGIN') || findSecretPattern(comment) !== null;
}

/** Whether there are lines that are neither settings nor comments, in which a secret may stand. */
export function hasLooseLines(found: readonly Diagnostic[]): boolean {
  return found.some(({ code }) => LOOSE.has(code));
}
