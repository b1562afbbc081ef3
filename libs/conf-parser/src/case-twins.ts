import type { FindingList } from './finding-list.ts';
import type { Setting, Stanza } from './parsed-conf.ts';
import { skipBlanks } from './white-space.ts';

/** Up to so many names, comparing each with each is cheaper than a set. */
const PAIRWISE_NAMES = 32;

/**
 * Notes stanzas, and settings of one stanza, whose names differ from an earlier one in case alone. Splunk takes them for
 * different ones. Variants of `[default]` have a finding of their own.
 */
export function noteCaseTwins(stanzas: readonly Stanza[], text: string, findings: FindingList): void {
  const lines: number[] = [];
  if (stanzas.length > 1 && hasTwinNames(stanzas.map((stanza) => stanza.name)))
    for (const twin of laterTwins(stanzas, (stanza) => stanza.name))
      if (twin.name.toLowerCase() !== 'default') lines.push(twin.line);
  for (const { settings } of stanzas)
    if (hasTwinKeys(settings))
      for (const twin of laterTwins(settings, (setting) => setting.key))
        lines.push(twin.overwritten[0]?.line ?? twin.line);
  if (lines.length > 0) noteLines(lines, text, findings);
}

/** Compares the keys where they are: an array of them for every stanza would cost more than all the comparing. */
function hasTwinKeys(settings: readonly Setting[]): boolean {
  if (settings.length > PAIRWISE_NAMES) return hasTwins(settings.map((setting) => setting.key));
  for (let later = 1; later < settings.length; later++) {
    const { key } = settings[later] as Setting;
    for (let earlier = 0; earlier < later; earlier++)
      if (areTwins(key, (settings[earlier] as Setting).key)) return true;
  }
  return false;
}

/** The same for names. */
function hasTwinNames(names: readonly string[]): boolean {
  if (names.length > PAIRWISE_NAMES) return hasTwins(names);
  for (let later = 1; later < names.length; later++)
    for (let earlier = 0; earlier < later; earlier++)
      if (areTwins(names[later] as string, names[earlier] as string)) return true;
  return false;
}

/**
 * Whether two of these different names differ in case alone. Two without capitals cannot, and most stanzas of most files
 * have none.
 */
function hasTwins(names: readonly string[]): boolean {
  let lowered: Set<string> | undefined;
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower === name) continue;
    lowered ??= new Set();
    if (lowered.has(lower)) return true;
    lowered.add(lower);
  }
  return lowered !== undefined && names.some((name) => lowered.has(name));
}

/** Most pairs differ in length, most others in the middle or at the end already, and lower case need not be made. */
function areTwins(a: string, b: string): boolean {
  const last = a.length - 1;
  const middle = a.length >> 1;
  return (
    a.length === b.length &&
    sameLetter(a.charCodeAt(middle), b.charCodeAt(middle)) &&
    sameLetter(a.charCodeAt(last), b.charCodeAt(last)) &&
    sameLetter(a.charCodeAt(middle >> 1), b.charCodeAt(middle >> 1)) &&
    a.toLowerCase() === b.toLowerCase()
  );
}

/** In ASCII one bit tells a capital from its small letter; beyond, the comparison proper decides. */
function sameLetter(a: number, b: number): boolean {
  return (a | 0x20) === (b | 0x20) || (a | b) > 0x7f;
}

function laterTwins<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const lower = nameOf(item).toLowerCase();
    if (seen.has(lower)) return true;
    seen.add(lower);
    return false;
  });
}

/** Columns are where the lines begin, found in one pass over the text. */
function noteLines(lines: number[], text: string, findings: FindingList): void {
  let line = 1;
  let start = 0;
  for (const wanted of lines.sort((a, b) => a - b)) {
    for (; line < wanted; line++) start = text.indexOf('\n', start) + 1;
    findings.add('case-only-twin', wanted, skipBlanks(text, start, text.length) - start + 1);
  }
}
