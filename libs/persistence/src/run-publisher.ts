import { createHash } from 'node:crypto';
import type { RunMetrics } from '@confscope/domain';
import { copyText, inChunks } from './copy-text.ts';
import type { Database, Transaction } from './database.ts';
import { ContentCollected, holdAll } from './hold-content.ts';
import type { ManifestLine } from './manifest-line.ts';
import { manifestName, treePrefixChars } from './manifest-names.ts';
import { type ManifestSegment, segmentsOf } from './manifest-segments.ts';
import { attemptHolder, type Fence } from './run-claims.ts';
import { preparedSql } from './sql-file.ts';
import type { StoredLayout } from './stored-layout.ts';
import { TreeStore } from './tree-store.ts';

const SQL = {
  hold: preparedSql('hold-published'),
  addLayout: preparedSql('add-layout'),
  holdTrees: preparedSql('hold-tree-ids'),
  addManifest: preparedSql('add-manifest'),
  complete: preparedSql('complete-run'),
};

/** Everything of the metrics that the database does not add itself at the moment of the commit. */
export type PublishedMetrics = Omit<RunMetrics, 'duration_seconds' | 'retry_count'>;

/** What a run came to. */
export interface RunResult {
  /** In any order; no path twice. */
  lines: readonly ManifestLine[];
  /** The shape of its upload; null when nothing is known of it. */
  layout: StoredLayout | null;
  metrics: PublishedMetrics;
  peakRssBytes: number;
}

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
  readonly #trees: TreeStore;

  constructor(
    private readonly database: Database,
    private readonly projectId: number,
    parserVersion: number,
  ) {
    this.#trees = new TreeStore(database, projectId, parserVersion);
  }

  /**
   * Stores the manifest and the layout, as far as they are not stored already, points the run to them and sets it complete,
   * all in one transaction.
   *
   * @param finish stores what is left to be stored in the same transaction, and says what the run came to
   * @returns what was published; null when another attempt has taken over, and nothing was written
   */
  async publish(fence: Fence, finish: (tx: Transaction) => Promise<RunResult> | RunResult): Promise<RunResult | null> {
    try {
      return await this.database.transaction(async (tx) => {
        const result = await finish(tx);
        await this.#publish(tx, fence, result);
        return result;
      }, attemptHolder(fence));
    } catch (error) {
      if (error instanceof FencedOff) return null;
      throw error;
    }
  }

  async #publish(tx: Transaction, { runId, attempt }: Fence, result: RunResult): Promise<void> {
    const segments = segmentsOf(result.lines);
    const trees = await this.#place(tx, segments);
    const { layout, manifest } = await this.#hold(tx, result.layout, trees);
    const metrics = JSON.stringify(result.metrics);
    const parameters = [runId, attempt, metrics, result.peakRssBytes, layout, manifest, parsedNumbers(segments)];
    if ((await tx.rows(SQL.complete, parameters)).length === 0) throw new FencedOff();
  }

  /** The stored tree of every segment; those that are not stored yet are added. */
  async #place(tx: Transaction, segments: readonly ManifestSegment[]): Promise<PlacedTree[]> {
    const open = segments.filter(({ tree }) => tree === null);
    await fillIn(open, this.#trees, tx);
    const named = open.map(({ name, lines }) => ({ name: name(), lines }));
    const ids = await this.#trees.add(named, tx);
    const idsOfOpen = new Map(open.map((segment, i) => [segment, ids.get(named[i]?.name ?? '')]));
    return segments.map((segment) => {
      const { firstPath, prefixChars, lines, tree } = segment;
      const treeId = tree?.id ?? idsOfOpen.get(segment);
      if (treeId === undefined) throw new Error(`The tree of ${firstPath} was not stored.`);
      const stanzaCount = tree?.stanzaCount ?? lines.reduce((sum, line) => sum + line.stanzaCount, 0);
      return { firstPath, prefixChars, treeId, fileCount: lines.length, stanzaCount };
    });
  }

  /** The layout and the manifest of these trees, each stored once; neither can go before the transaction ends. */
  async #hold(
    tx: Transaction,
    layout: StoredLayout | null,
    trees: readonly PlacedTree[],
  ): Promise<{ layout: number | null; manifest: number }> {
    const document = layout && JSON.stringify(layout);
    const names = [document && createHash('sha256').update(document).digest('hex'), manifestName(trees)] as const;
    for (;;) {
      const [held] = await tx.rows<{ layout: number | null; manifest: number | null }>(SQL.hold, [
        this.projectId,
        ...names,
      ]);
      const manifest = held?.manifest ?? null;
      const id = held?.layout ?? null;
      if (manifest !== null && (id !== null || document === null)) return { layout: id, manifest };
      // What is not there is entered, by us or by somebody else at the same time; the next look finds it.
      if (id === null && document !== null) await tx.rows(SQL.addLayout, [this.projectId, names[0], document]);
      if (manifest === null) await this.#addManifest(tx, names[1], trees);
    }
  }

  async #addManifest(tx: Transaction, name: string, trees: readonly PlacedTree[]): Promise<void> {
    await holdAll(
      tx,
      SQL.holdTrees,
      trees.map(({ treeId }) => treeId),
      'A tree',
    );
    const fileCount = trees.reduce((sum, tree) => sum + tree.fileCount, 0);
    const stanzaCount = trees.reduce((sum, tree) => sum + tree.stanzaCount, 0);
    const parameters = [this.projectId, name, fileCount, stanzaCount];
    const [added] = await tx.rows<{ id: number }>(SQL.addManifest, parameters);
    if (!added) return;
    await tx.copy(
      'manifest_trees (manifest_id, ordinal, first_path, prefix_chars, tree_id, first_file, first_stanza)',
      inChunks(manifestRows(added.id, trees)),
    );
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
