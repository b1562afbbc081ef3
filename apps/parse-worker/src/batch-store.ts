import { PARSER_VERSION } from '@confscope/conf-parser';
import {
  attemptHolder,
  ConfFileStore,
  contentKey,
  type Database,
  type KnownFile,
  type KnownTree,
  type ManifestLine,
  type NamedTree,
  type ParsedFile,
  type TransactionHolder,
  sortByPath,
  treeName,
  TreeStore,
} from '@confscope/persistence';
import type { Batch } from './batches.ts';
import type { ParseJob } from './child/protocol.ts';
import type { ConfEntry, ConfFileReader, FoundFile } from './conf-files.ts';
import type { RunTally } from './run-tally.ts';
import { spanOf, spanOfSync } from './spans.ts';

/** The contents an attempt has met, whether it reads its archive once or twice. */
export class ContentLedger {
  /** Files that are stored, by their contents. */
  readonly known = new Map<string, KnownFile>();
  /** The contents that this attempt had to parse. */
  readonly parsed = new Set<string>();
}

/** What of a batch has to be stored. */
export interface PreparedBatch {
  changed: readonly (NamedTree & { lines: ManifestLine[] })[];
  found: readonly FoundFile[];
  parsed: readonly ParsedFile[];
}

/** Takes the files of one attempt in, batch by batch: what the database does not know of them is parsed and stored. */
export class BatchStore {
  readonly #trees: TreeStore;
  readonly #files: ConfFileStore;
  /** Contents that were parsed for this run and have not been entered yet: their next path is the one that was parsed. */
  readonly #unmet: Set<string>;
  /** Contents that are parsed and not stored yet. */
  readonly #pending = new Set<string>();
  readonly #holder: TransactionHolder;

  constructor(
    private readonly database: Database,
    private readonly reader: ConfFileReader,
    job: ParseJob,
    private readonly contents: ContentLedger,
    private readonly tally: RunTally,
  ) {
    this.#trees = new TreeStore(database, job.projectId, PARSER_VERSION);
    this.#files = new ConfFileStore(database, job.projectId, PARSER_VERSION);
    this.#holder = attemptHolder(job);
    this.#unmet = new Set(contents.parsed);
  }

  /**
   * Looks a batch up and parses what is new of it. Trees that are known enter the tally at once; what is left, if
   * anything, is to be given to {@link store}. While one batch is stored, the next one can be prepared.
   */
  async prepare(batch: Batch): Promise<PreparedBatch | null> {
    const groups = batch.map((group) => {
      const lines = sortByPath(group.map(({ line }) => line));
      return { group, lines, name: treeName(lines) };
    });
    const stored = await this.#trees.known(groups.map(({ name }) => name));
    const changed = groups.filter(({ name, lines }) => {
      const tree = stored.get(name);
      if (tree) this.#enterTree(lines, tree);
      return !tree;
    });
    if (changed.length === 0) return null;
    const found = changed.flatMap(({ group }) => group);
    const parsed = await this.#parse(found);
    for (const file of parsed) this.#pending.add(contentKey(file));
    return { changed, found, parsed };
  }

  /** Stores what is new of a batch and enters its files in the tally. Batches are stored one after the other. */
  async store({ changed, found, parsed }: PreparedBatch): Promise<void> {
    await spanOf('copy', { 'confscope.files': parsed.length }, () =>
      this.database.transaction(async (tx) => {
        const added = await this.#files.addWithin(tx, parsed);
        for (const file of parsed) this.#learn(file, added);
        this.#enter(found);
        const ids = await this.#trees.add(changed, tx, new Set(added.values()));
        for (const { name, lines } of changed) markStored(lines, ids.get(name));
      }, this.#holder),
    );
  }

  /** Parses those of the files that are not known; what the store knows enters `known`. */
  async #parse(found: readonly FoundFile[]): Promise<ParsedFile[]> {
    const unseen = new Map<string, ConfEntry>();
    for (const { entry } of found) if (entry && this.#isNew(keyOf(entry))) unseen.set(keyOf(entry), entry);
    for (const [key, file] of await this.#files.known([...unseen.values()].map(nameOf))) {
      this.contents.known.set(key, file);
      unseen.delete(key);
    }
    return spanOfSync('parse', { 'confscope.files': unseen.size }, () =>
      [...unseen.values()].map((entry) => this.reader.read(entry)),
    );
  }

  /** Neither stored nor parsed: what another batch is about to store is known when this one is stored. */
  #isNew(key: string): boolean {
    return !this.contents.known.has(key) && !this.#pending.has(key);
  }

  #learn(file: ParsedFile, ids: ReadonlyMap<string, number>): void {
    const key = contentKey(file);
    this.contents.known.set(key, knownOf(file, ids));
    this.#pending.delete(key);
    this.contents.parsed.add(key);
    this.#unmet.add(key);
  }

  #enter(found: readonly FoundFile[]): void {
    for (const { line, entry } of found) {
      if (!entry) {
        this.tally.addIgnored(line);
        continue;
      }
      const key = keyOf(entry);
      const file = this.contents.known.get(key);
      if (!file) throw new Error(`The file store lost ${line.path}.`);
      // The first path of a content that was parsed just now is the one that was parsed.
      this.tally.addFile(line, file, !this.#unmet.delete(key));
    }
  }

  /** All files of a known tree are known; this attempt may be the one that parsed them, in its first look. */
  #enterTree(lines: readonly ManifestLine[], tree: KnownTree): void {
    for (const line of lines)
      line.reused = line.sha256 !== null && !(this.#unmet.size > 0 && this.#unmet.delete(contentKeyOf(line)));
    this.tally.addTree(lines, tree);
  }
}

function markStored(lines: readonly ManifestLine[], id: number | undefined): void {
  if (id === undefined) throw new Error('The tree store gave no id for a tree it was given.');
  const stanzaCount = lines.reduce((sum, line) => sum + line.stanzaCount, 0);
  const tree = { id, fileCount: lines.length, stanzaCount };
  for (const line of lines) line.tree = tree;
}

const nameOf = ({ sha256, origin }: ConfEntry) => ({
  sha256,
  kind: origin.kind === 'meta' ? ('meta' as const) : ('conf' as const),
  conf: origin.conf,
});

function contentKeyOf({ sha256, kind, conf }: ManifestLine): string {
  return contentKey({ sha256: sha256 ?? '', kind: kind === 'meta' ? 'meta' : 'conf', conf: conf ?? '' });
}

const keyOf = (entry: ConfEntry): string => contentKey(nameOf(entry));

function knownOf(file: ParsedFile, ids: ReadonlyMap<string, number>): KnownFile {
  const id = ids.get(contentKey(file));
  if (id === undefined) throw new Error('The file store gave no id for a file it was given.');
  const { stanzaCount, settingCount, errorCount, warningCount, infoCount } = file;
  return { id, stanzaCount, settingCount, errorCount, warningCount, infoCount };
}
