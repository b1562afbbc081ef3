import { copyText, inChunks } from './copy-text.ts';
import type { Database, Executor, Transaction } from './database.ts';
import { holdAll } from './hold-content.ts';
import { treePrefixChars } from './manifest-names.ts';
import type { ManifestLine } from './manifest-line.ts';
import { preparedSql, sqlFile, sqlForBatch } from './sql-file.ts';

const SQL = {
  known: preparedSql('known-trees'),
  add: preparedSql('add-trees'),
  hold: preparedSql('hold-trees'),
  holdFiles: preparedSql('hold-file-ids'),
  lines: sqlFile('tree-lines'),
};

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
    const distinct = new Map(trees.map((tree) => [tree.name, tree]));
    const ids = new Map<string, number>();
    for (;;) {
      const open = [...distinct.values()].filter(({ name }) => !ids.has(name));
      if (open.length === 0) return ids;
      await this.#addNew(open, tx, held, ids);
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
    const parsed = list.flatMap(({ lines }, i) =>
      lines.flatMap(({ fileId }) => (fileId === null ? [] : [{ fileId, place: i + 1 }])),
    );
    const added = await tx.rows<{ id: number; sha256: string }>(sqlForBatch(SQL.add, list.length), [
      this.projectId,
      this.parserVersion,
      list.map(({ name }) => name),
      list.map(({ lines }) => lines.length),
      list.map(({ lines }) => lines.reduce((sum, line) => sum + line.stanzaCount, 0)),
      parsed.map(({ fileId }) => fileId),
      parsed.map(({ place }) => place),
    ]);
    if (added.length === 0) return;
    const newIds = new Map(added.map(({ id, sha256 }) => [sha256, id]));
    const files = list.filter(({ name }) => newIds.has(name)).flatMap(({ lines }) => lines.map(({ fileId }) => fileId));
    await holdAll(
      tx,
      SQL.holdFiles,
      files.filter((id) => id !== null && !held.has(id)),
      'A file',
    );
    await tx.copy(
      'tree_files (tree_id, ordinal, path, file_id, first_stanza, kind, conf, app, scope, layer, owner, ignored_bytes, ignored_reason)',
      inChunks(treeRows(list, newIds)),
    );
    for (const [name, id] of newIds) ids.set(name, id);
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

function* treeRows(trees: readonly NamedTree[], ids: ReadonlyMap<string, number>): Generator<string> {
  for (const { name, lines } of trees) {
    const id = ids.get(name);
    if (id === undefined) continue;
    let firstStanza = 0;
    for (const [ordinal, line] of lines.entries()) {
      const columns = [
        String(id),
        String(ordinal),
        copyText(line.path.slice(treePrefixChars(line.path))),
        line.fileId === null ? '\\N' : String(line.fileId),
        String(firstStanza),
        line.kind,
        copyText(line.conf),
        copyText(line.app),
        copyText(line.scope),
        copyText(line.layer),
        copyText(line.owner),
        line.kind !== 'ignored' || line.bytes === null ? '\\N' : String(line.bytes),
        copyText(line.ignoredReason),
      ];
      yield columns.join('\t') + '\n';
      firstStanza += line.stanzaCount;
    }
  }
}
