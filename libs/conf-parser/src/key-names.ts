/** Slots for names; a name that is not in its slot takes it over. */
const SLOTS = 16_384;
/** Longer names are rare, would keep much memory, and are cut out anew each time. */
export const MAX_KEPT_LENGTH = 64;
const names = new Array<string>(SLOTS).fill('');

/**
 * The name of a setting, cut out of its text. A tree of files has few names and says them again and again: equal ones are
 * mostly one string then, which takes no memory, keeps no text alive and is found in maps by its known hash.
 */
export function keyName(text: string, start: number, end: number): string {
  const length = end - start;
  if (length > MAX_KEPT_LENGTH) return text.slice(start, end);
  // The ends and the middle tell nearly all names apart.
  const middle = text.charCodeAt(start + (length >> 1));
  const ends = Math.imul(text.charCodeAt(start), 31) + text.charCodeAt(end - 1);
  const slot = (Math.imul(ends, 131) + Math.imul(middle, 17) + Math.imul(length, 1031)) & (SLOTS - 1);
  const known = names[slot] as string;
  if (known.length === length && text.startsWith(known, start)) return known;
  const name = copied(text.slice(start, end));
  names[slot] = name;
  return name;
}

/** A part of a text is a window into it, which keeps the text alive and is slow to compare. */
function copied(part: string): string {
  return JSON.parse(JSON.stringify(part)) as string;
}
