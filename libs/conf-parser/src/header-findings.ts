import type { DiagnosticCode } from './diagnostic.ts';
import { isMetaTooDeep } from './meta-findings.ts';
import type { ParseOptions } from './parse-conf.ts';
import { isBlank } from './white-space.ts';

const CLOSE = 0x5d;
/** What a subsearch begins with: a pipe, or a command that makes events. */
const SUBSEARCH =
  /^[ \t]+(?:\||(?:search|inputlookup|tstats|mstats|rest|makeresults|metadata|metasearch|dbxquery|datamodel|from|savedsearch|loadjob|pivot|return|format|eval|where|stats)\b)/;
/** What URI encoding never leaves: controls and blanks, quotes and brackets, letters outside ASCII, a "%" for itself. */
const NOT_ENCODED = /[\0-\x20"<>\\^`{|}\x7f-\uffff]|%(?![0-9A-Fa-f]{2})/;

/** The name reaches to the last "]" of the line, also when that stands in what was meant as a comment or a setting. */
const GLUED = /\][ \t]+(?:[#;]|[\w.-]+[ \t]*=)/;

/** Whether the names of stanzas have a meaning of their own in this kind of file. */
export function judgesNames({ kind, conf }: ParseOptions): boolean {
  return kind === 'meta' || conf === 'splunk-launch' || conf === 'tags';
}

/** Whether anything may be odd about a name in other files, by where it stands in the codes of their text. */
export function mayHaveFault(codes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  return (
    length === 0 ||
    length === 7 ||
    isBlank(codes[from] as number) ||
    isBlank(codes[to - 1] as number) ||
    holdsBracket(codes, from, to)
  );
}

function holdsBracket(codes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (codes[at] === CLOSE) return true;
  return false;
}

/** What is odd about the name of a stanza, or null. */
export function findHeaderFault(name: string, options: ParseOptions): DiagnosticCode | null {
  if (options.kind === 'meta') {
    const inName = findNameFault(name, true);
    return inName !== 'text-in-header' && isMetaTooDeep(name) ? 'meta-too-deep' : inName;
  }
  const fault = findNameFault(name, false);
  if (options.conf === 'splunk-launch') return 'launch-header';
  return fault === null && options.conf === 'tags' ? findTagFault(name) : fault;
}

function findNameFault(name: string, mayBeEmpty: boolean): DiagnosticCode | null {
  if (name === '') return mayBeEmpty ? null : 'header-empty';
  if (GLUED.test(name)) return 'text-in-header';
  if (isBlank(name.charCodeAt(0)) || isBlank(name.charCodeAt(name.length - 1)))
    return SUBSEARCH.test(name) ? 'header-looks-like-search' : 'header-inner-space';
  if (name.length === 7 && name !== 'default' && name.toLowerCase() === 'default') return 'default-case';
  return null;
}

function findTagFault(name: string): DiagnosticCode | null {
  if (name === 'default') return null;
  const equals = name.indexOf('=');
  if (equals < 1) return 'tag-stanza-form';
  return NOT_ENCODED.test(name.slice(equals + 1)) ? 'tag-not-encoded' : null;
}
