import { MASK } from './mask.ts';

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

/** Masks the secrets among the arguments of a command. */
export function maskArguments(text: string): string {
  return ARGUMENTS.reduce((masked, argument) => masked.replace(argument, `$1${MASK}`), text);
}

/** Whether the arguments of a command hold a secret, as in `-u ann -p …`. */
export function holdsSecretArgument(text: string): boolean {
  return ARGUMENTS.some((argument) => ` ${text}`.search(argument) !== -1);
}
