import { hash } from 'node:crypto';

/** What one line of a manifest says, apart from the ids that the database gives. */
export interface ManifestEntry {
  path: string;
  kind: 'conf' | 'meta' | 'ignored';
  conf: string | null;
  app: string | null;
  scope: string | null;
  layer: string | null;
  owner: string | null;
  bytes: number | null;
  /** Content of a parsed file, lower-case hex; null for an ignored one. */
  sha256: string | null;
  ignoredReason: string | null;
}

/** Stands for "none" where an empty text could stand too; no path and no name holds it. */
const NONE = '\u0001';

/**
 * Chars of the path that name the tree of a file: all up to the folder that holds the file's folder. `etc/apps/x/` holds
 * the files of `etc/apps/x/default`, of its `local` and of its `metadata`.
 */
export function treePrefixChars(path: string): number {
  return path.lastIndexOf('/', path.lastIndexOf('/') - 1) + 1;
}

/**
 * The name of a tree: the SHA-256 of its lines, which are in byte order of their paths. Two trees of one name hold the
 * same files under the same paths below their prefix, of the same app, scope, layer and owner.
 */
export function treeName(entries: readonly ManifestEntry[]): string {
  let text = '';
  for (const entry of entries) {
    if (text !== '') text += '\n';
    const { path, kind, conf, app, scope, layer, owner, sha256, bytes, ignoredReason } = entry;
    const ignoredBytes = kind === 'ignored' && bytes !== null ? String(bytes) : NONE;
    text += `${path.slice(treePrefixChars(path))}\t${kind}\t${conf ?? NONE}\t${app ?? NONE}\t${scope ?? NONE}\t${layer ?? NONE}\t${owner ?? NONE}\t${sha256 ?? NONE}\t${ignoredBytes}\t${ignoredReason ?? NONE}`;
  }
  return hash('sha256', text);
}

/** The name of a manifest: the SHA-256 of its trees, in the order of their first paths. */
export function manifestName(trees: readonly { firstPath: string; prefixChars: number; treeId: number }[]): string {
  return hash('sha256', trees.map((tree) => `${tree.firstPath}\t${tree.prefixChars}\t${tree.treeId}`).join('\n'));
}

/**
 * Compares as the bytes of UTF-8 do, which is the order of the "C" collation. It differs from the order of UTF-16 where
 * one of the two characters is a surrogate, and only there.
 */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** The lines in byte order of their paths. */
export function sortByPath<Line extends { path: string }>(lines: readonly Line[]): Line[] {
  // Below the surrogates the two orders are one, and JavaScript's own comparison is many times faster.
  const isPlain = lines.every(({ path }) => !/[\ud800-\uffff]/.test(path));
  if (!isPlain) return lines.toSorted((a, b) => comparePaths(a.path, b.path));
  if (lines.every(({ path }, i) => i === 0 || (lines[i - 1] as Line).path < path)) return [...lines];
  return lines.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Surrogates stand for characters behind all others. */
const codePointRank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
