import type { ManifestEntry } from './manifest-names.ts';

/** One line of a manifest. */
export interface ManifestLine extends ManifestEntry {
  /** The parsed file; null for an ignored one, and where only the tree of the line is known. */
  fileId: number | null;
  stanzaCount: number;
  /** The file was known by its content when the run met it. */
  reused: boolean;
  /** The stored tree that this line was found in, when all lines of that tree were met together. */
  tree?: StoredTree;
}

/** A tree that is in the store. */
export interface StoredTree {
  id: number;
  fileCount: number;
  stanzaCount: number;
}
