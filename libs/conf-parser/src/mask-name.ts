import { maskArguments } from './command-arguments.ts';
import { findSecret, type SecretKind } from './find-secret.ts';
import { MASK } from './mask.ts';
import { maskText } from './secret-patterns.ts';
import { skipBlanks, trimBlanksEnd } from './white-space.ts';

/** Stanzas that are named after the command that they run. */
const COMMAND = /^(?:script|powershell2?):\/\//;
/** The name of what may be a setting, and the end of its "=". */
const ASSIGNMENT = /([\w.-]{1,60})[ \t]*=[ \t]*/g;

/** How far behind the name a setting is looked for, in characters. */
const MAX_GLUED = 512;

/** A setting that glued itself to the name of a stanza, with a secret in it. */
export interface GluedSecret {
  kind: SecretKind;
  key: string;
  value: string;
  /** Where the value begins in the name; it reaches to the end. */
  start: number;
}

/** The name of a stanza as it may be shown: without the secrets in it, those among the arguments of a command as well. */
export function maskName(name: string): string {
  const glued = gluedSecret(name);
  const masked = maskText(glued ? name.slice(0, glued.start) + MASK : name);
  return COMMAND.test(masked) ? maskArguments(masked) : masked;
}

/**
 * The secret in what was meant as a setting or a comment behind a header: it became part of the name, which reaches to the
 * last "]" of the line.
 */
export function gluedSecret(name: string): GluedSecret | null {
  const close = name.indexOf(']');
  if (close === -1) return null;
  // A name may be as long as a file: so much is enough to tell.
  for (const { 0: whole, 1: key = '', index } of name.slice(close, close + MAX_GLUED).matchAll(ASSIGNMENT)) {
    const start = close + index + whole.length;
    const value = name.slice(skipBlanks(name, start, name.length), trimBlanksEnd(name, start, name.length));
    const kind = findSecret('', '', key, value);
    if (kind !== null) return { kind, key, value, start };
  }
  return null;
}
