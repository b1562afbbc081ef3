import { createHash } from 'node:crypto';
import type { RunMetrics } from '@confscope/domain';
import { ContentCollected } from './content-collected.ts';
import type { Database, Executor, Transaction } from './database.ts';
import type { ManifestLine } from './manifest-line.ts';
import { manifestName, treePrefixChars } from './manifest-names.ts';
import { type ManifestSegment, segmentsOf } from './manifest-segments.ts';
import { attemptHolder, type Fence } from './run-claims.ts';
import { preparedSql, sqlForBatch } from './sql-file.ts';
import type { StoredLayout } from './stored-layout.ts';
import { TreeStore } from './tree-store.ts';

const SQL = {
  addLayout: preparedSql('add-layout'),
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
  /** Whether a file is called after its archive, or an app is. */
  namedByArchive: boolean;
  metrics: PublishedMetrics;
  /** Asked for when the run is set complete. */
  readonly peakRssBytes: number;
}

/** The run points to what was stored, or another attempt holds it, or some of that is not stored. */
type Completion = 'complete' | 'fenced' | { lacksLayout: boolean; lacksManifest: boolean };

/** What a run is pointed to, by the names of its contents. */
interface Named {
  layout: { name: string; document: string } | null;
  manifest: string;
  /** Numbers of the files that the run was the first to parse. */
  parsed: string;
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
    private readonly parserVersion: number,
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
  publish(fence: Fence, finish: (tx: Transaction) => Promise<RunResult> | RunResult): Promise<RunResult | null> {
    return this.#fenced(fence, async (tx) => {
      const result = await finish(tx);
      await this.#publish(tx, fence, result, segmentsOf(result.lines));
      return result;
    });
  }

  /**
   * Publishes what is stored already but for its manifest and its layout. An unchanged upload has those too, and takes one
   * statement.
   *
   * @returns what was published; null when another attempt has taken over, and nothing was written
   */
  async publishStored(fence: Fence, result: RunResult): Promise<RunResult | null> {
    const segments = segmentsOf(result.lines);
    const trees = segments.map(placed);
    if (!trees.every((tree) => tree !== null))
      return this.#fenced(fence, async (tx) => {
        await this.#publish(tx, fence, result, segments);
        return result;
      });
    const names = named(result, segments, trees);
    const completion = await this.#complete(this.database, fence, result, names);
    if (completion === 'complete') return result;
    if (completion === 'fenced') return null;
    return this.#fenced(fence, async (tx) => {
      await this.#completeIn(tx, fence, result, names, trees, completion);
      return result;
    });
  }

  /** Null when the attempt was fenced off, and all of the transaction rolled back. */
  async #fenced(fence: Fence, work: (tx: Transaction) => Promise<RunResult>): Promise<RunResult | null> {
    try {
      return await this.database.transaction(work, attemptHolder(fence));
    } catch (error) {
      if (error instanceof FencedOff) return null;
      throw error;
    }
  }

  async #publish(
    tx: Transaction,
    fence: Fence,
    result: RunResult,
    segments: readonly ManifestSegment[],
  ): Promise<void> {
    const trees = await this.#place(tx, segments);
    const names = named(result, segments, trees);
    // With trees that are new the manifest is new as well, so nobody is asked first.
    await this.#addManifest(tx, names.manifest, trees);
    await this.#completeIn(tx, fence, result, names, trees);
  }

  /** @param asked what was answered before the transaction began, if anything was asked */
  async #completeIn(
    tx: Transaction,
    fence: Fence,
    result: RunResult,
    names: Named,
    trees: readonly PlacedTree[],
    asked?: Completion,
  ): Promise<void> {
    let completion = asked ?? (await this.#complete(tx, fence, result, names));
    while (completion !== 'complete') {
      if (completion === 'fenced') throw new FencedOff();
      // What is not there is entered, by us or by somebody else at the same time; the next look finds it.
      const { layout, manifest } = names;
      if (layout && completion.lacksLayout)
        await tx.rows(SQL.addLayout, [this.projectId, layout.name, layout.document]);
      if (completion.lacksManifest) await this.#addManifest(tx, manifest, trees);
      completion = await this.#complete(tx, fence, result, names);
    }
  }

  /** Points the run to what has these names, and sets it complete; neither can go before the transaction ends. */
  async #complete(
    executor: Executor,
    { runId, attempt }: Fence,
    { metrics, peakRssBytes, namedByArchive }: RunResult,
    { layout, manifest, parsed }: Named,
  ): Promise<Completion> {
    const [row] = await executor.rows<{ run: number | null; layout: number | null; manifest: number | null }>(
      SQL.complete,
      [
        ...[runId, attempt, JSON.stringify(metrics), peakRssBytes, this.projectId, layout?.name ?? null],
        ...[manifest, parsed, this.parserVersion, namedByArchive],
      ],
    );
    if (row && row.run !== null) return 'complete';
    const lacksLayout = layout !== null && (row?.layout ?? null) === null;
    const lacksManifest = (row?.manifest ?? null) === null;
    return lacksLayout || lacksManifest ? { lacksLayout, lacksManifest } : 'fenced';
  }

  /** The stored tree of every segment; those that are not stored yet are added. */
  async #place(tx: Transaction, segments: readonly ManifestSegment[]): Promise<PlacedTree[]> {
    const open = segments.filter(({ tree }) => tree === null);
    await fillIn(open, this.#trees, tx);
    const named = open.map(({ name, lines }) => ({ name: name(), lines }));
    const ids = await this.#trees.add(named, tx);
    const idsOfOpen = new Map(open.map((segment, i) => [segment, ids.get(named[i]?.name ?? '')]));
    return segments.map((segment) => {
      const { firstPath, prefixChars, lines } = segment;
      const known = placed(segment);
      if (known) return known;
      const treeId = idsOfOpen.get(segment);
      if (treeId === undefined) throw new Error(`The tree of ${firstPath} was not stored.`);
      const stanzaCount = lines.reduce((sum, line) => sum + line.stanzaCount, 0);
      return { firstPath, prefixChars, treeId, fileCount: lines.length, stanzaCount };
    });
  }

  async #addManifest(tx: Transaction, name: string, trees: readonly PlacedTree[]): Promise<void> {
    const ids = trees.map(({ treeId }) => treeId);
    const firstFiles = runningSums(trees.map(({ fileCount }) => fileCount));
    const firstStanzas = runningSums(trees.map(({ stanzaCount }) => stanzaCount));
    const [added] = await tx.rows<{ held: number }>(sqlForBatch(SQL.addManifest, trees.length), [
      ...[this.projectId, name, firstFiles.pop(), firstStanzas.pop(), ids],
      ...[
        trees.map(({ firstPath }) => firstPath),
        trees.map(({ prefixChars }) => prefixChars),
        firstFiles,
        firstStanzas,
      ],
    ]);
    if (added && added.held < new Set(ids).size) throw new ContentCollected('A tree');
  }
}

/** What is before each of the numbers, and all of them together. */
function runningSums(numbers: readonly number[]): number[] {
  const sums = [0];
  for (const number of numbers) sums.push((sums.at(-1) ?? 0) + number);
  return sums;
}

/** A segment whose tree is stored; null when it is not. */
function placed({ firstPath, prefixChars, lines, tree }: ManifestSegment): PlacedTree | null {
  return tree && { firstPath, prefixChars, treeId: tree.id, fileCount: lines.length, stanzaCount: tree.stanzaCount };
}

function named({ layout }: RunResult, segments: readonly ManifestSegment[], trees: readonly PlacedTree[]): Named {
  const document = layout && JSON.stringify(layout);
  return {
    layout: document === null ? null : { name: createHash('sha256').update(document).digest('hex'), document },
    manifest: manifestName(trees),
    parsed: parsedNumbers(segments),
  };
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
