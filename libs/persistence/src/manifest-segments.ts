import type { ManifestLine, StoredTree } from './manifest-line.ts';
import { sortByPath, treeName, treePrefixChars } from './manifest-names.ts';

/** Lines of a manifest that stand next to each other and belong to one tree. */
export interface ManifestSegment {
  firstPath: string;
  /** Characters (not UTF-16 units) of the paths that all lines share and the tree does not hold. */
  prefixChars: number;
  lines: ManifestLine[];
  /** The tree that is stored already and holds just these lines. */
  tree: StoredTree | null;
  /** The name of its tree. */
  name: () => string;
}

/** Sorts the lines of a manifest in byte order of their paths and cuts them where the folder of the app changes. */
export function segmentsOf(lines: readonly ManifestLine[]): ManifestSegment[] {
  const sorted = sortByPath(treesInOrder(lines));
  const segments: ManifestSegment[] = [];
  let prefix: string | null = null;
  let segment: ManifestLine[] = [];
  const close = (): void => {
    if (segment.length > 0) segments.push(segmentOf(segment));
  };
  for (const line of sorted) {
    if (prefix === null || !hasPrefix(line.path, prefix)) {
      close();
      segment = [];
      prefix = line.path.slice(0, treePrefixChars(line.path));
    }
    segment.push(line);
  }
  close();
  return segments;
}

/** Lines come tree by tree: when the trees are in order, most of the lines are. */
function treesInOrder(lines: readonly ManifestLine[]): ManifestLine[] {
  const trees: ManifestLine[][] = [];
  let last: ManifestLine | null = null;
  for (const line of lines) {
    if (last !== null && line.tree === last.tree) trees.at(-1)?.push(line);
    else trees.push([line]);
    last = line;
  }
  return sortByPath(trees.map((tree) => ({ path: tree[0]?.path ?? '', tree }))).flatMap(({ tree }) => tree);
}

/** Whether the path belongs to the tree of this prefix, and not to one below it. */
function hasPrefix(path: string, prefix: string): boolean {
  return treePrefixChars(path) === prefix.length && path.startsWith(prefix);
}

function segmentOf(lines: ManifestLine[]): ManifestSegment {
  const first = lines[0] as ManifestLine;
  const { path, tree } = first;
  const isWhole = tree !== undefined && lines.length === tree.fileCount && lines.every((line) => line.tree === tree);
  return {
    firstPath: path,
    prefixChars: [...path.slice(0, treePrefixChars(path))].length,
    lines,
    tree: isWhole ? tree : null,
    name: () => treeName(lines),
  };
}
