import type { StoredStanza } from './stored-stanza.ts';

/**
 * What a search asks before it looks into a file: the names, keys and values in it, three bytes of hash each. A file has
 * the hash of each stanza's name and, behind it, those of the key and the value of each of its settings, so that key,
 * value, and the two in one setting are all found as a sequence of bytes. Where the sequence is, the text may be; where
 * it is not, the text is not.
 *
 * The hashes are stored: another way to make them needs another column.
 */
const HASH_BYTES = 3;
/** Equal texts of another kind have other hashes. */
const KIND = { name: 1 << 16, key: 2 << 16, value: 3 << 16 };
/** Longer texts are told apart by their length, their start and their end. */
const WHOLE_CHARS = 32;
/** Larger files get none and are looked into: they are few, and PostgreSQL holds no value of more than a gigabyte. */
const MAX_BYTES = 256 * 1024;

/** The hashes of a file; null for one that is too large, which may hold anything. */
export function searchHashesOf(stanzas: readonly StoredStanza[]): Buffer | null {
  let texts = stanzas.length;
  for (const { settings } of stanzas) texts += 2 * settings.length;
  if (texts * HASH_BYTES > MAX_BYTES) return null;
  const hashes = Buffer.allocUnsafe(texts * HASH_BYTES);
  let at = 0;
  for (const { name, settings } of stanzas) {
    at = write(hashes, at, hashOf(name, KIND.name));
    for (const [key, value] of settings) {
      at = write(hashes, at, hashOf(key, KIND.key));
      at = write(hashes, at, hashOf(value, KIND.value));
    }
  }
  return hashes;
}

/** The sequence that a file has which holds a stanza of this name; empty, which every file has, for null. */
export function nameSequence(name: string | null): Buffer {
  return sequence(name === null ? [] : [hashOf(name, KIND.name)]);
}

/** The sequence that a file has which holds a setting of this key and value; null is any. */
export function settingSequence(key: string | null, value: string | null): Buffer {
  const hashes = key === null ? [] : [hashOf(key, KIND.key)];
  return sequence(value === null ? hashes : [...hashes, hashOf(value, KIND.value)]);
}

function sequence(hashes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(hashes.length * HASH_BYTES);
  for (const [i, hash] of hashes.entries()) write(bytes, i * HASH_BYTES, hash);
  return bytes;
}

function write(bytes: Buffer, at: number, hash: number): number {
  bytes[at] = hash;
  bytes[at + 1] = hash >>> 8;
  bytes[at + 2] = hash >>> 16;
  return at + HASH_BYTES;
}

/** FNV-1a over UTF-16 units, and a last mixing, so that the lower bits depend on all of them. */
function hashOf(text: string, kind: number): number {
  const { length } = text;
  let hash = 0x811c9dc5 ^ kind ^ length;
  const head = length <= WHOLE_CHARS ? length : WHOLE_CHARS >> 1;
  for (let i = 0; i < head; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  for (let i = Math.max(head, length - (WHOLE_CHARS >> 1)); i < length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
