import { PARSER_VERSION } from '@confscope/conf-parser';
import {
  attemptHolder,
  ConfFileStore,
  contentKey,
  type Database,
  encodedFile,
  type EncodedFile,
  type FoundFiles,
  type KnownFile,
  type KnownTree,
  type ManifestLine,
  type NamedTree,
  type ByteBlocks,
  type ByteWriter,
  type Transaction,
  type TransactionHolder,
  sortByPath,
  treeName,
  TreeStore,
} from '@confscope/persistence';
import type { Batch } from './batches.ts';
import type { ParseJob } from './child/protocol.ts';
import type { ConfEntry, ConfFileReader, FoundFile } from './conf-files.ts';
import type { RunTally } from './run-tally.ts';
import { spanOf } from './spans.ts';
import { Turns } from './turns.ts';

/**
 * What little there is to be stored of a batch waits for more until it comes to this: a transaction for each would cost an
 * upload with few changes more than they do. In a crash no more than this is parsed anew.
 */
const STORED_BYTES = 256 * 1024;
const STORED_FILES = 1024;

/** The contents an attempt has met, whether it reads its archive once or twice. */
export class ContentLedger {
  /** Files that are stored, by their contents. */
  readonly known = new Map<string, KnownFile>();
  /** The contents that this attempt had to parse. */
  readonly parsed = new Set<string>();
}

/** A batch, and what the database knows of it. */
export interface KnownBatch {
  known: readonly { lines: readonly ManifestLine[]; tree: KnownTree }[];
  changed: readonly ChangedTree[];
  /** Files of the changed trees that were neither known to be stored nor parsed, by their contents. */
  unseen: ReadonlyMap<string, ConfEntry>;
  /** What the store says to these. */
  files: FoundFiles;
  /** Keeps what is in the files of the batch. */
  contents: ByteWriter;
}

interface ChangedTree {
  tree: StorableTree;
  group: readonly FoundFile[];
}

/** A tree with lines that are marked once it is stored. */
type StorableTree = NamedTree & { lines: ManifestLine[] };

/** A file of the archive and the key of its content; null for one that is only listed. */
interface MetFile {
  line: ManifestLine;
  key: string | null;
}

/** What has to be stored of a batch, or of several with few changes. It waits, so it holds nothing of what files contain. */
export interface PreparedBatch {
  changed: StorableTree[];
  found: MetFile[];
  parsed: EncodedFile[];
  /** What was parsed, in bytes. */
  bytes: number;
  /** Keeps the rows of what was parsed. */
  writer: ByteWriter;
}

/** Takes the files of one attempt in, batch by batch: what the database does not know of them is parsed and stored. */
export class BatchStore {
  readonly #trees: TreeStore;
  readonly #files: ConfFileStore;
  /** Contents that were parsed for this run and have not been entered yet: their next path is the one that was parsed. */
  readonly #unmet: Set<string>;
  /** Contents that are parsed and not stored yet. */
  readonly #pending = new Set<string>();
  /** What is prepared and too little to be stored by itself. */
  #waiting: PreparedBatch | null = null;
  readonly #holder: TransactionHolder;

  constructor(
    private readonly database: Database,
    private readonly reader: ConfFileReader,
    job: ParseJob,
    private readonly contents: ContentLedger,
    private readonly tally: RunTally,
    private readonly blocks: ByteBlocks,
  ) {
    this.#trees = new TreeStore(database, job.projectId, PARSER_VERSION);
    this.#files = new ConfFileStore(database, job.projectId, PARSER_VERSION);
    this.#holder = attemptHolder(job);
    this.#unmet = new Set(contents.parsed);
  }

  /** Asks the database what it knows of a batch. Meanwhile the archive can be read on, and batches before it stored. */
  async lookUp({ groups, contents }: Batch): Promise<KnownBatch> {
    const named = groups.map((group): ChangedTree => {
      const lines = sortByPath(group.map(({ line }) => line));
      return { group, tree: { lines, name: treeName(lines) } };
    });
    const trees = await this.#trees.known(named.map(({ tree }) => tree.name));
    const known: { lines: readonly ManifestLine[]; tree: KnownTree }[] = [];
    const changed = named.filter(({ tree: { name, lines } }) => {
      const tree = trees.get(name);
      if (tree) known.push({ lines, tree });
      return !tree;
    });
    const unseen = this.#unseenOf(changed.flatMap(({ group }) => group));
    const files = await this.#files.find([...unseen.values()].map(nameOf));
    return { known, changed, unseen, files, contents };
  }

  /**
   * Parses what is new of a batch; batches are prepared in the order they came. Trees that are known enter the tally at
   * once. While one batch is stored, the next one can be prepared.
   *
   * @returns what is to be given to {@link store}; null when there is nothing yet, or too little
   */
  async prepare(batch: KnownBatch): Promise<PreparedBatch | null> {
    for (const { lines, tree } of batch.known) this.#enterTree(lines, tree);
    if (batch.changed.length > 0) await this.#prepareChanged(batch);
    batch.contents.release();
    const waiting = this.#waiting;
    const isEnough = waiting && (waiting.bytes >= STORED_BYTES || waiting.found.length >= STORED_FILES);
    return isEnough ? this.rest() : null;
  }

  /** What is left to be stored behind the last batch. */
  rest(): PreparedBatch | null {
    const rest = this.#waiting;
    this.#waiting = null;
    return rest;
  }

  async #prepareChanged({ changed, unseen, files }: KnownBatch): Promise<void> {
    for (const [key, file] of files.known) this.contents.known.set(key, file);
    // Batches before this one may have met some of them since.
    const open = [...unseen.values()].filter((entry) => this.#isOpen(entry));
    const waiting = (this.#waiting ??= { changed: [], found: [], parsed: [], bytes: 0, writer: this.blocks.open() });
    for (const { tree, group } of changed) {
      waiting.changed.push(tree);
      for (const { line, entry } of group) waiting.found.push({ line, key: entry?.key ?? null });
    }
    await spanOf('parse', { 'confscope.files': open.length }, () => this.#parse(open, files, waiting));
  }

  /** Parses files one after the other, and lets the batch that is being stored go on in between. */
  async #parse(entries: readonly ConfEntry[], files: FoundFiles, waiting: PreparedBatch): Promise<void> {
    const turns = new Turns();
    for (const entry of entries) {
      waiting.parsed.push(encodedFile(this.reader.read(entry), idFor(entry, files), waiting.writer, entry.key));
      waiting.bytes += entry.content.length;
      this.#pending.add(entry.key);
      if (turns.isOver) await turns.next();
    }
  }

  /** Stores what is new of a batch and enters its files in the tally. Batches are stored one after the other. */
  async store(batch: PreparedBatch): Promise<void> {
    await this.database.transaction((tx) => this.storeWithin(tx, batch), this.#holder);
    batch.writer.release();
  }

  /** The same as part of a transaction. */
  async storeWithin(tx: Transaction, { changed, found, parsed }: PreparedBatch): Promise<void> {
    await spanOf('copy', { 'confscope.files': parsed.length }, async () => {
      const added = await this.#files.addWithin(tx, parsed);
      for (const file of parsed) this.#learn(file, added);
      this.#enter(found);
      const ids = await this.#trees.add(changed, tx, new Set(added.values()));
      for (const { name, lines } of changed) markStored(lines, ids.get(name));
    });
  }

  /** Those of the files, by their contents, that are neither known to be stored nor parsed: another batch is about to store these. */
  #unseenOf(found: readonly FoundFile[]): Map<string, ConfEntry> {
    const unseen = new Map<string, ConfEntry>();
    for (const { entry } of found) if (entry && this.#isOpen(entry)) unseen.set(entry.key, entry);
    return unseen;
  }

  #isOpen({ key }: ConfEntry): boolean {
    return !this.contents.known.has(key) && !this.#pending.has(key);
  }

  #learn(file: EncodedFile, ids: ReadonlyMap<string, number>): void {
    const { key } = file;
    this.contents.known.set(key, knownOf(file, ids));
    this.#pending.delete(key);
    this.contents.parsed.add(key);
    this.#unmet.add(key);
  }

  #enter(found: readonly MetFile[]): void {
    for (const { line, key } of found) {
      if (key === null) {
        this.tally.addIgnored(line);
        continue;
      }
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

const nameOf = ({ key, sha256, origin }: ConfEntry) => ({
  key,
  sha256,
  kind: origin.kind === 'meta' ? ('meta' as const) : ('conf' as const),
  conf: origin.conf,
});

function contentKeyOf({ sha256, kind, conf }: ManifestLine): string {
  return contentKey({ sha256: sha256 ?? '', kind: kind === 'meta' ? 'meta' : 'conf', conf: conf ?? '' });
}

/** Every file that was asked for is known or has got an id. */
function idFor({ key, origin }: ConfEntry, { freeIds }: FoundFiles): number {
  const id = freeIds.get(key);
  if (id === undefined) throw new Error(`The file store gave no id for ${origin.path}.`);
  return id;
}

function knownOf(file: EncodedFile, ids: ReadonlyMap<string, number>): KnownFile {
  const id = ids.get(file.key);
  if (id === undefined) throw new Error('The file store gave no id for a file it was given.');
  const { stanzaCount, settingCount, errorCount, warningCount, infoCount } = file;
  return { id, stanzaCount, settingCount, errorCount, warningCount, infoCount };
}
