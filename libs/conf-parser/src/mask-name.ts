import { keyTraits } from './secret-keys.ts';
import { MASK, maskText } from './secret-patterns.ts';

/** Stanzas that are named after the command that they run. */
const COMMAND = /^(?:script|powershell2?):\/\//;
const WORD = 'password|passwd|passphrase|pass|pwd|pw|token|secret|api[-_]?key|access[-_]?key|secret[-_]?key';
/** What is given to an argument; a backslash that continues the line is no part of it. */
const VALUE = String.raw`(?![-$%<{[(*])(?:[^\s"'\\]|\\(?!\r*(?:\n|$)))+`;
/** A file or folder by its form alone: what else begins with "/", "." or "~" may be a password. */
const PLACE = String.raw`(?:(?:~|\.{1,2})(?:\/[\w.@-]+)*|\/[a-z]{1,16}|(?:\/[\w.@-]+){2,})\/?(?=["'\s]|$)`;
const ARGUMENTS: readonly RegExp[] = [
  new RegExp(String.raw`(\s--?(?:${WORD})(?:=|\s+)["']?)${VALUE}`, 'gi'),
  // A port, the name of a protocol and a folder are given so, too; `-path` is a word.
  new RegExp(String.raw`(\s-p\s+["']?)(?!${PLACE}|(?:\d{1,5}|tcp|udp|https?|ssl|tls|all)(?:\s|$))${VALUE}`, 'g'),
  new RegExp(String.raw`(\s-p["']?)(?=[^\s"']*[\dA-Z!@#%^&+])(?![a-z]+[=:])${VALUE}`, 'g'),
  new RegExp(String.raw`(\s(?:-u|--user)(?:=|\s+)["']?[^\s:"'$<{]+:)${VALUE}`, 'g'),
];

/** A setting behind a header that became part of its name, which reaches to the last "]" of the line. */
const GLUED = /(\][ \t]+([\w.-]{1,60})[ \t]*=[ \t]*)([^[\]]+)/g;

/** The name of a stanza as it may be shown: without the secrets in it, those among the arguments of a command as well. */
export function maskName(name: string): string {
  const masked = maskText(name).replace(GLUED, (whole: string, start: string, key: string) =>
    keyTraits(key).soundsSecret ? start + MASK : whole,
  );
  if (!COMMAND.test(masked)) return masked;
  return ARGUMENTS.reduce((text, argument) => text.replace(argument, `$1${MASK}`), masked);
}

/** Whether the arguments of a command hold a secret, as in `-u ann -p …`. */
export function holdsSecretArgument(text: string): boolean {
  return ARGUMENTS.some((argument) => ` ${text}`.search(argument) !== -1);
}
