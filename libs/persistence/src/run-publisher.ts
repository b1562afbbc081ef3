import type { RunMetrics } from '@confscope/domain';
import { copyText, inChunks } from './copy-text.ts';
import type { Database, Transaction } from './database.ts';
import { ContentCollected, holdAll } from './hold-content.ts';
import type { ManifestLine } from './manifest-line.ts';
import { manifestName, treePrefixChars } from './manifest-names.ts';
import { type ManifestSegment, segmentsOf } from './manifest-segments.ts';
import { attemptHolder, type Fence } from './run-claims.ts';
import { sqlFile } from './sql-file.ts';
import { TreeStore } from './tree-store.ts';

const SQL = {
  complete: sqlFile('complete-run'),
  find: sqlFile('find-manifest'),
  holdTrees: sqlFile('hold-tree-ids'),
  add: sqlFile('add-manifest'),
  point: sqlFile('add-run-manifest'),
};

/** Everything of the metrics that the database does not add itself at the moment of the commit. */
export type PublishedMetrics = Omit<RunMetrics, 'duration_seconds' | 'retry_count'>;

class FencedOff extends Error {}

/** A tree at its place in a manifest. */
interface PlacedTree {
  firstPath: string;
  prefixChars: number;
  treeId: number;
  fileCount: number;
  stanzaCount: number;
}

/** Makes the result of a run visible, at once and only if the attempt still holds the fence. */
export class RunPublisher {
  constructor(
    private readonly database: Database,
    private readonly parserVersion: number,
  ) {}

  /**
   * Writes the manifest, as far as it is not stored already, points the run to it and sets the run complete, all in one
   * transaction. Lines may come in any order; no path twice.
   *
   * @returns false when another attempt has taken over: nothing was written
   */
  async publish(
    { runId, attempt }: Fence,
    lines: readonly ManifestLine[],
    metrics: PublishedMetrics,
    peakRssBytes: number,
  ): Promise<boolean> {
    const segments = segmentsOf(lines);
    try {
      await this.database.transaction(async (tx) => {
        const [done] = await tx.rows<{ project_id: number }>(SQL.complete, [
          runId,
          attempt,
          JSON.stringify(metrics),
          peakRssBytes,
        ]);
        if (!done) throw new FencedOff();
        const trees = await this.#place(
          tx,
          segments,
          new TreeStore(this.database, done.project_id, this.parserVersion),
        );
        const manifest = await manifestId(tx, done.project_id, trees);
        await tx.rows(SQL.point, [runId, manifest, parsedNumbers(segments)]);
      }, attemptHolder({ runId, attempt }));
      return true;
    } catch (error) {
      if (error instanceof FencedOff) return false;
      throw error;
    }
  }

  /** The stored tree of every segment; those that are not stored yet are added. */
  async #place(tx: Transaction, segments: readonly ManifestSegment[], store: TreeStore): Promise<PlacedTree[]> {
    const open = segments.filter(({ tree }) => tree === null);
    await fillIn(open, store, tx);
    const named = open.map(({ name, lines }) => ({ name: name(), lines }));
    const ids = await store.add(named, tx);
    const idsOfOpen = new Map(open.map((segment, i) => [segment, ids.get(named[i]?.name ?? '')]));
    return segments.map((segment) => {
      const { firstPath, prefixChars, lines, tree } = segment;
      const treeId = tree?.id ?? idsOfOpen.get(segment);
      if (treeId === undefined) throw new Error(`The tree of ${firstPath} was not stored.`);
      const stanzaCount = tree?.stanzaCount ?? lines.reduce((sum, line) => sum + line.stanzaCount, 0);
      return { firstPath, prefixChars, treeId, fileCount: lines.length, stanzaCount };
    });
  }
}

/**
 * Lines of which only the tree is known get their files. It takes an archive whose files are out of order: what was met
 * together is a stored tree, but more of the same folder came later.
 */
async function fillIn(segments: readonly ManifestSegment[], store: TreeStore, tx: Transaction): Promise<void> {
  const lines = segments.flatMap((segment) => segment.lines).filter((line) => line.tree !== undefined);
  if (lines.length === 0) return;
  const files = await store.filesOf([...new Set(lines.map((line) => line.tree?.id ?? 0))], tx);
  // Two apps may have the same tree, so what was taken of one counts for its folder alone. Lines are in byte order within
  // their tree here as they are there.
  const taken = new Map<string, number>();
  for (const line of lines) {
    const id = line.tree?.id ?? 0;
    const place = `${id}/${line.path.slice(0, treePrefixChars(line.path))}`;
    const ordinal = taken.get(place) ?? 0;
    taken.set(place, ordinal + 1);
    const file = files.get(id)?.[ordinal];
    if (!file) throw new ContentCollected(`The tree of ${line.path}`);
    Object.assign(line, file);
  }
}

/** The manifest of these trees, stored once; it cannot be deleted before the transaction ends. */
async function manifestId(tx: Transaction, projectId: number, trees: readonly PlacedTree[]): Promise<number> {
  const name = manifestName(trees);
  const fileCount = trees.reduce((sum, tree) => sum + tree.fileCount, 0);
  const stanzaCount = trees.reduce((sum, tree) => sum + tree.stanzaCount, 0);
  for (;;) {
    const [known] = await tx.rows<{ id: number }>(SQL.find, [projectId, name]);
    if (known) return known.id;
    await holdAll(
      tx,
      SQL.holdTrees,
      trees.map(({ treeId }) => treeId),
      'A tree',
    );
    const [added] = await tx.rows<{ id: number }>(SQL.add, [projectId, name, fileCount, stanzaCount]);
    // Neither found nor added: it was entered, or deleted, in between.
    if (!added) continue;
    await tx.copy(
      'manifest_trees (manifest_id, ordinal, first_path, prefix_chars, tree_id, first_file, first_stanza)',
      inChunks(manifestRows(added.id, trees)),
    );
    return added.id;
  }
}

function* manifestRows(manifest: number, trees: readonly PlacedTree[]): Generator<string> {
  let firstFile = 0;
  let firstStanza = 0;
  for (const [ordinal, { firstPath, prefixChars, treeId, fileCount, stanzaCount }] of trees.entries()) {
    const path = copyText(firstPath);
    yield `${manifest}\t${ordinal}\t${path}\t${prefixChars}\t${treeId}\t${firstFile}\t${firstStanza}\n`;
    firstFile += fileCount;
    firstStanza += stanzaCount;
  }
}

/** The numbers of the files that the run was the first to parse, as PostgreSQL writes a multirange. */
function parsedNumbers(segments: readonly ManifestSegment[]): string {
  const ranges: string[] = [];
  let start: number | null = null;
  let number = 0;
  for (const { lines } of segments)
    for (const line of lines) {
      const parsed = line.kind !== 'ignored' && !line.reused;
      if (parsed) start ??= number;
      else if (start !== null) {
        ranges.push(`[${start},${number})`);
        start = null;
      }
      number++;
    }
  if (start !== null) ranges.push(`[${start},${number})`);
  return `{${ranges.join(',')}}`;
}
