import type { Database, Executor, Transaction } from './database.ts';
import { ContentCollected } from './content-collected.ts';
import { treePrefixChars } from './manifest-names.ts';
import type { ManifestLine } from './manifest-line.ts';
import { preparedSql, sqlFile, sqlForBatch } from './sql-file.ts';

const SQL = {
  known: preparedSql('known-trees'),
  add: preparedSql('add-trees'),
  hold: preparedSql('hold-trees'),
  lines: sqlFile('tree-lines'),
};

/** A statement has all of its lines in memory, several times over, so there are no more in one unless a tree has more. */
const LINES_AT_ONCE = 4_096;

/** A stored tree, and what its files hold together. */
export interface KnownTree {
  id: number;
  fileCount: number;
  stanzaCount: number;
  ignored: number;
  conf: FileSums;
  meta: FileSums;
  errorCount: number;
  warningCount: number;
  infoCount: number;
}

export interface FileSums {
  files: number;
  stanzas: number;
  settings: number;
}

/** A tree that may be new: its name and its lines, every one with the id of its parsed file. */
export interface NamedTree {
  name: string;
  lines: readonly ManifestLine[];
}

interface TreeRow {
  sha256: string;
  id: number;
  file_count: number;
  stanza_count: number;
  ignored: number;
  conf_files: number;
  conf_stanzas: number;
  conf_settings: number;
  meta_files: number;
  meta_stanzas: number;
  meta_settings: number;
  errors: number;
  warnings: number;
  infos: number;
}

/**
 * The content-addressed store of trees: the files of one app under the name of all they are. Like the files, a tree is
 * immutable and adding it is idempotent.
 */
export class TreeStore {
  constructor(
    private readonly database: Database,
    private readonly projectId: number,
    private readonly parserVersion: number,
  ) {}

  /**
   * The trees of these names that are stored already, by name. They are not collected while the attempt that asks is in
   * progress.
   */
  async known(names: readonly string[]): Promise<Map<string, KnownTree>> {
    if (names.length === 0) return new Map();
    const rows = await this.database.rows<TreeRow>(sqlForBatch(SQL.known, names.length), [
      this.projectId,
      this.parserVersion,
      names,
    ]);
    return new Map(rows.map((row) => [row.sha256, treeOf(row)]));
  }

  /**
   * Stores those of the trees that are not there yet; returns the ids of all of them by name. None of them, and none of
   * their files, is collected before the transaction ends.
   *
   * @param held files that this transaction added or holds already
   * @throws ContentCollected when a file of a new tree is not there any more
   */
  async add(
    trees: readonly NamedTree[],
    tx: Transaction,
    held: ReadonlySet<number> = new Set(),
  ): Promise<Map<string, number>> {
    const distinct = [...new Map(trees.map((tree) => [tree.name, tree])).values()].sort(byName);
    const ids = new Map<string, number>();
    for (;;) {
      const open = distinct.filter(({ name }) => !ids.has(name));
      if (open.length === 0) return ids;
      for (const some of slicesOf(open)) await this.#addNew(some, tx, held, ids);
      // Somebody else added the others first; having waited for them, a new statement sees their rows. One that is
      // collected before it is held here is added after all.
      const rest = open.filter(({ name }) => !ids.has(name)).map(({ name }) => name);
      if (rest.length === 0) return ids;
      const found = await tx.rows<{ id: number; sha256: string }>(sqlForBatch(SQL.hold, rest.length), [
        this.projectId,
        this.parserVersion,
        rest,
      ]);
      for (const { id, sha256 } of found) ids.set(sha256, id);
    }
  }

  async #addNew(
    list: readonly NamedTree[],
    tx: Transaction,
    held: ReadonlySet<number>,
    ids: Map<string, number>,
  ): Promise<void> {
    const lines = list.flatMap((tree, i) => placedLines(tree, i + 1));
    const unheld = new Set(
      lines.flatMap(({ line: { fileId } }) => (fileId === null || held.has(fileId) ? [] : fileId)),
    );
    const added = await tx.rows<{ id: number; sha256: string; held: number }>(sqlForBatch(SQL.add, lines.length), [
      this.projectId,
      this.parserVersion,
      list.map(({ name }) => name),
      list.map((tree) => tree.lines.length),
      list.map((tree) => tree.lines.reduce((sum, line) => sum + line.stanzaCount, 0)),
      [...unheld],
      lines.map(({ place }) => place),
      lines.map(({ ordinal }) => ordinal),
      lines.map(({ line }) => line.path.slice(treePrefixChars(line.path))),
      lines.map(({ line }) => line.fileId),
      lines.map(({ firstStanza }) => firstStanza),
      lines.map(({ line }) => line.kind),
      lines.map(({ line }) => line.conf),
      lines.map(({ line }) => line.app),
      lines.map(({ line }) => line.scope),
      lines.map(({ line }) => line.layer),
      lines.map(({ line }) => line.owner),
      lines.map(({ line }) => (line.kind === 'ignored' ? line.bytes : null)),
      lines.map(({ line }) => line.ignoredReason),
    ]);
    for (const { id, sha256, held: found } of added) {
      if (found < unheld.size) throw new ContentCollected('A file');
      ids.set(sha256, id);
    }
  }

  /** The parsed files of trees, in the order of their paths, by the tree's id. */
  async filesOf(
    treeIds: readonly number[],
    executor: Executor,
  ): Promise<Map<number, { fileId: number | null; stanzaCount: number }[]>> {
    const files = new Map<number, { fileId: number | null; stanzaCount: number }[]>();
    const rows = await executor.rows<{ tree_id: number; file_id: number | null; stanza_count: number }>(SQL.lines, [
      treeIds,
    ]);
    for (const row of rows) {
      const list = files.get(row.tree_id) ?? [];
      list.push({ fileId: row.file_id, stanzaCount: row.stanza_count });
      files.set(row.tree_id, list);
    }
    return files;
  }
}

function treeOf(row: TreeRow): KnownTree {
  return {
    id: row.id,
    fileCount: row.file_count,
    stanzaCount: row.stanza_count,
    ignored: row.ignored,
    conf: { files: row.conf_files, stanzas: row.conf_stanzas, settings: row.conf_settings },
    meta: { files: row.meta_files, stanzas: row.meta_stanzas, settings: row.meta_settings },
    errorCount: row.errors,
    warningCount: row.warnings,
    infoCount: row.infos,
  };
}

/** Those who add the same trees wait for each other in this order, and never deadlock. */
const byName = (a: NamedTree, b: NamedTree): number => (a.name < b.name ? -1 : 1);

/** Whole trees for a statement each. */
function* slicesOf(trees: readonly NamedTree[]): Generator<NamedTree[]> {
  let slice: NamedTree[] = [];
  let lines = 0;
  for (const tree of trees) {
    if (slice.length > 0 && lines + tree.lines.length > LINES_AT_ONCE) {
      yield slice;
      slice = [];
      lines = 0;
    }
    slice.push(tree);
    lines += tree.lines.length;
  }
  if (slice.length > 0) yield slice;
}

/** @param place the place of the tree among those it is added with, from 1 */
function placedLines({ lines }: NamedTree, place: number) {
  let stanzas = 0;
  return lines.map((line, ordinal) => {
    const firstStanza = stanzas;
    stanzas += line.stanzaCount;
    return { line, place, ordinal, firstStanza };
  });
}
