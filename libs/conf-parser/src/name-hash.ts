import { BEYOND_ASCII } from './odd-characters.ts';

/** A number from a few letters of a name, equal for names that differ in case alone: most names need no more. */
export function hashName(name: string): number {
  const { length } = name;
  if (length < 2) return length === 0 ? 0 : hashOf(1, 0, 0, 0, codeAt(name, 0));
  const quarter = codeAt(name, length >> 2);
  return hashOf(length, quarter, codeAt(name, length >> 1), codeAt(name, length - 2), codeAt(name, length - 1));
}

/** The same from the codes of a text, of which the name is the part in [from, to). */
export function hashCodes(codes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length < 2) return length === 0 ? 0 : hashOf(1, 0, 0, 0, codes[from] as number);
  const quarter = codes[from + (length >> 2)] as number;
  const half = codes[from + (length >> 1)] as number;
  return hashOf(length, quarter, half, codes[to - 2] as number, codes[to - 1] as number);
}

/** In ASCII one bit tells a capital from its small letter. */
function hashOf(length: number, a: number, b: number, c: number, d: number): number {
  const inside = Math.imul(a | 0x20, 0x3c6f) ^ Math.imul(b | 0x20, 0x510f);
  const ends = Math.imul(c | 0x20, 0x1f83) ^ Math.imul(d | 0x20, 0x5be1);
  const hash = Math.imul(length, 0x6a09) ^ inside ^ ends;
  return hash ^ (hash >> 8);
}

/** The code that a character has in the codes of a text. */
function codeAt(name: string, at: number): number {
  const code = name.charCodeAt(at);
  return code < BEYOND_ASCII ? code : BEYOND_ASCII;
}
